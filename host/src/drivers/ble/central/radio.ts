import type { PeerAddress } from '../address.ts';
import type { Advertisement } from './advertisement.ts';

/** Which controller the gateway has, and how it is reached. */
export type RadioConfig =
  /** One of the kernel, such as `hci0`. */
  | { readonly adapter: string }
  /** One on a serial line that the kernel has not taken. */
  | { readonly port: string; readonly baudRate: number };

/**
 * One controller from the attempt to open it until it is lost or closed. It has no deadlines and repeats nothing; `Central`
 * does. A scan has to be off before a connection is made, and one is made at a time.
 */
export interface Radio {
  /** `repeats`: report every advertisement, and not only the first of each device. */
  startScan(options: { readonly isActive: boolean; readonly repeats: boolean }): void;
  stopScan(): void;
  connect(peer: PeerAddress): void;
  cancelConnect(): void;
  /** Gives it up; no event comes after this. What it returns ends when the controller can be opened again. */
  close(): Promise<void>;
}

export interface RadioEvents {
  ready(): void;
  /** It could not be opened, or is gone; only `close` may follow. Links end with it without saying so. */
  lost(reason: string): void;
  scanning(isOn: boolean): void;
  advertised(advertisement: Advertisement): void;
  /** What became of the attempt to connect; a cancelled one failed. */
  connected(link: RadioLink): void;
  connectFailed(reason: string): void;
}

export type OpenRadio = (config: RadioConfig, events: RadioEvents) => Radio;

/** A characteristic of a service, by canonical UUIDs. */
export interface CharacteristicPath {
  readonly service: string;
  readonly characteristic: string;
}

/** What a peer says of a characteristic. */
export interface CharacteristicInfo {
  readonly uuid: string;
  /** Such as `read`, `write`, `writeWithoutResponse`, `notify`, `indicate`. */
  readonly properties: readonly string[];
}

/** How a procedure ended on a link that lives: with a value, or with the error code of the peer. */
export type ProcedureEnd<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** `isStuck`: the link is of no use any more. */
  | { readonly kind: 'refused'; readonly code: number; readonly isStuck: boolean };
export type Ended<T> = (end: ProcedureEnd<T>) => void;

/** A connection to a peer. One procedure is made at a time; of those that a link takes with it nobody is told. */
export interface RadioLink {
  /** Longest packet that both sides take; known once the first procedure has ended. */
  readonly mtu: number;
  /** The error code with which the peer asked for encryption, while that is being set up. */
  readonly awaitedSecurity: number | undefined;
  listen(events: RadioLinkEvents): void;
  discoverServices(ended: Ended<readonly string[]>): void;
  discoverCharacteristics(service: string, ended: Ended<readonly CharacteristicInfo[]>): void;
  read(path: CharacteristicPath, ended: Ended<Uint8Array>): void;
  write(path: CharacteristicPath, data: Uint8Array, withResponse: boolean, ended: Ended<undefined>): void;
  notify(path: CharacteristicPath, isOn: boolean, ended: Ended<undefined>): void;
  /** Ends the connection; `closed` says when it has ended. */
  disconnect(): void;
}

export interface RadioLinkEvents {
  /** A notification or indication; the value is the receiver's. */
  notified(path: CharacteristicPath, value: Uint8Array): void;
  /** The peer broke the rules of the protocol; the link is of no use any more. */
  violated(reason: string): void;
  closed(reason: string): void;
}
