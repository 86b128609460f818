import type { AddressType } from '../address.ts';
import type { GattLink, LinkLoss } from './gatt-link.ts';
import type { CharacteristicPath } from './radio.ts';

/** Who wants a link to a peer now and then. */
export interface ClaimOptions {
  readonly address: string;
  /** Any unless given. */
  readonly addressType?: AddressType;
  /** Deadline of connecting and of each procedure on the link. */
  readonly timeoutMs: number;
  /** Whether the link is used at the moment; one that is not is the first to go when others wait. */
  readonly isBusy: () => boolean;
  readonly events: ClaimEvents;
}

export interface ClaimEvents {
  opened(link: GattLink): void;
  notified(path: CharacteristicPath, value: Uint8Array): void;
  /** The link is over. Unless the claim is released, the next one is made. */
  closed(loss: LinkLoss, reason: string): void;
  /** An attempt failed; the next one is made. */
  failed(reason: string): void;
}

/** A claim on one of the links of a radio. */
export interface Claim {
  readonly state: ClaimState;
  /** Whether the peer was heard in this time, since the last attempt to connect. */
  wasHeard(withinMs: number): boolean;
  /** Asks for a link, which is kept until it is released or lost. */
  request(): void;
  release(): void;
  /** `isBusy` has become false: who waits may have the link. */
  idle(): void;
}

/** `waiting`: for the peer to be heard, for a link to become free, or for the next attempt. */
export type ClaimState = 'idle' | 'waiting' | 'connecting' | 'linked' | 'closing';
