// Types of the frames in the two shared rings; what a, b and c of a frame mean is said per type.

/** Cell to host. */
export const TO_HOST = {
  /** A message for `$upstream`. a: index of the route, b: output id. Payload: message frame. */
  upstream: 1,
  /** A device request. a: instance, b: request id, c: `packOrigin` of driver and time. Payload: as the driver defines. */
  request: 2,
  /** A patch of reported properties. Payload: JSON. */
  report: 3,
  /** Response to a direct method. a: the host's call id, b: status. Payload: JSON or empty. */
  respond: 4,
  /**
   * Something about a module that is not an effect of an event. c: where the effects of before end in their ring, so that
   * both rings can be read in the order in which they were written. Payload: JSON of a `CellNotice`.
   */
  notice: 5,
  /** A log line of a module. a: syslog level, c: as for a notice. Payload: text. */
  log: 6,
  /**
   * A message for inputs in other cells. a: output id, b: number of routes that lead there. Payload: message frame, then the index
   * of each route as u32.
   */
  message: 7,
} as const;

/** Host to cell. */
export const TO_CELL = {
  /** Desired properties. a: 1 complete only, 2 complete and a patch. b: bytes of the complete one, c: version. Payload: complete, patch. */
  desired: 1,
  /** Direct method call. a: the host's call id, b: bytes of the name. Payload: name, payload. */
  method: 2,
  /** Answer of a device. a: instance, b: request id, c: status. Payload: detail as i32, then the driver's bytes. */
  answer: 3,
  /** The caller of a direct method waits no longer. a: the host's call id. */
  methodOver: 4,
} as const;

/** Host to cell, in the ring of messages from outside the cell. */
export const INBOUND = {
  /** A message for an input of the module. a: index of the route that leads there, b: number of its source. Payload: message frame. */
  message: 1,
  /** The name of a source, before its first message. a: its number. Payload: text for `message.source`. */
  source: 2,
} as const;

const STAMP_RANGE = 2 ** 24;

/** Index of a driver and the time of a request in one word: 24 bits of its milliseconds, enough for ages of some hours. */
export function packOrigin(driver: number, monotonicMs: number): number {
  return driver | ((monotonicMs % STAMP_RANGE) << 8);
}

/** What `packOrigin` packed: the driver's index, and how old the request is now, in milliseconds. */
export function unpackOrigin(origin: number, monotonicMs: number): { driver: number; ageMs: number } {
  const passed = (((Math.floor(monotonicMs) - (origin >>> 8)) % STAMP_RANGE) + STAMP_RANGE) % STAMP_RANGE;
  // The clocks of two threads may differ by a little: a request from the future is new, and not hours old.
  return { driver: origin & 0xff, ageMs: passed < STAMP_RANGE / 2 ? passed : 0 };
}

/**
 * States of a module; `failed` is waiting for its next attempt, or given up when there is none. One that is `poisoned` has
 * brought its cell down twice and is not started again until the deployment changes.
 */
export type ModuleState = 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'poisoned';

/** A frame of a trap as the engine gives it: index of the function, and offset in the module that was compiled. */
export interface TrapFrame {
  readonly function: number;
  readonly offset: number;
}

/** What the cell tells the host about a module, outside of any transaction. */
export type CellNotice =
  | {
      readonly kind: 'state';
      readonly state: ModuleState;
      readonly instance: number;
      readonly restarts: number;
      readonly code?: string;
      readonly text?: string;
      /** Where it trapped, innermost first, in the module as it was compiled. */
      readonly frames?: readonly TrapFrame[];
      /** Milliseconds until the next attempt to start it; absent when there will be none. */
      readonly retryInMs?: number;
    }
  | { readonly kind: 'output'; readonly output: number; readonly name: string }
  /** `count`: how often it happened, if more than once. */
  | { readonly kind: 'event'; readonly code: string; readonly text: string; readonly count?: number };
