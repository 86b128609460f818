import type { Exchange, LinkFault } from './exchange.ts';

/**
 * `waiting` is a pause in which nothing can be sent: before the next attempt to connect, or while a unit that did not answer
 * is left alone.
 */
export type LinkState = 'closed' | 'connecting' | 'connected' | 'waiting';

/** The way to one device, as what waits for the device sees it: a connection of its own, or its turn on a shared line. */
export interface DeviceLink {
  readonly state: LinkState;
  /** Requests that wait for their answer. */
  readonly pending: number;
  /** Of a line: bytes that were nobody's answer. */
  readonly strayBytes?: number;
  /** Whether `send` may be called. */
  readonly canSend: boolean;
  open(): void;
  /** Closes for good; requests in flight end as `closed`. */
  close(): void;
  /** Sends a request in this very call. Only while `canSend`. */
  send(exchange: Exchange): void;
}

export interface LinkEvents {
  connected(): void;
  /** Perhaps room for a request: just connected, or one has ended. */
  ready(): void;
  /** The device gave a valid answer, or refused with an exception. */
  answered(isException: boolean): void;
  /**
   * Not connected any more, or an attempt failed; `fault` is undefined for the latter. `lost` requests were in flight
   * and have ended.
   */
  down(fault: LinkFault | undefined, error: Error | undefined, lost: number): void;
  /** A request got no valid answer, and the connection stays. */
  failed(fault: LinkFault): void;
  /**
   * What waits to be sent: `NOTHING_WAITS`, the highest priority of a read (with `READ_IS_DUE` added while writes have had
   * their share), `WRITE_WAITS` or `HOST_WRITE_WAITS`.
   */
  mostUrgent(): number;
}

export const NOTHING_WAITS = -1;
export const WRITE_WAITS = 1_000;
export const READ_IS_DUE = 2_000;
export const HOST_WRITE_WAITS = 4_000;

/** Whether what is so urgent is a write. */
export const isWriteUrgency = (urgency: number): boolean => urgency === WRITE_WAITS || urgency === HOST_WRITE_WAITS;
