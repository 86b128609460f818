import type { PduRequest } from './request.ts';

/** Why a request that was sent got no valid answer. */
export type LinkFault = 'timeout' | 'closed' | 'bad-answer';
/** The same, or it was sent to all units of a line, of which none answers. */
export type Loss = LinkFault | 'broadcast';

/** One request and what becomes of it. Exactly one of the three is called once it has been sent. */
export interface Exchange {
  readonly request: PduRequest;
  /** The device did it. The PDU of its answer begins at `at` of `frame`, checked against the request; valid during the call. */
  answered(frame: Uint8Array, at: number): void;
  /** The device refused, with an exception code from 1 to 255. */
  refused(exception: number): void;
  lost(loss: Loss): void;
}
