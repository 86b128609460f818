import type { Status } from '../abi/constants.ts';

/** Judges the requests of one module to one driver, in the cell, from their payload alone, while the module waits: it allocates nothing. */
export interface RequestGuard {
  /** Longest payload of a request. */
  readonly requestBytes: number;
  /** Longest payload of an answer. */
  readonly answerBytes: number;
  /** `ok`, `invalid` (not the layout of the driver), `denied`, or `limit` (larger than the grant allows). */
  judge(payload: Uint8Array): Status;
  /**
   * Room for answers of subscriptions while the module is paused, when every one of them matters; what finds none is dropped and
   * counted. Absent: of each subscription only the newest waits.
   */
  readonly streamBytes?: number;
  /** Whether a request that passed is answered more than once. */
  isSubscription(payload: Uint8Array): boolean;
}
