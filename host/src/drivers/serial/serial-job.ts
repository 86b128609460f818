import { STATUS, type Status } from '../../abi/constants.ts';
import type { WriteOutcome } from '../driver.ts';
import type { WaitingJob } from '../job-queue.ts';

/** Writes and exchanges of one module that wait for one port; one more is refused. */
export const JOBS_MAX = 64;

/** How a write or an exchange ended: what its module is told, and what is audited. */
export interface JobEnding {
  readonly status: Status;
  readonly outcome: WriteOutcome;
  readonly sent: boolean;
  /** The answer of an exchange. */
  readonly frame?: Uint8Array;
}

/** Something to be written, and for an exchange the next frame to be waited for. It is sent at most once, and never after its expiry. */
export interface SerialJob extends WaitingJob<JobEnding> {
  readonly kind: 'write' | 'exchange';
  readonly data: Uint8Array;
}

/** Ends without an answer, by what happened. */
export const ENDING = {
  full: { status: STATUS.full, outcome: 'dropped', sent: false },
  expired: { status: STATUS.expired, outcome: 'expired', sent: false },
  closing: { status: STATUS.cancelled, outcome: 'dropped', sent: false },
  moduleGone: { status: STATUS.cancelled, outcome: 'dropped', sent: false },
  written: { status: STATUS.ok, outcome: 'confirmed', sent: true },
  /** It may have left, in part or as a whole. */
  lost: { status: STATUS.unknown, outcome: 'unknown', sent: true },
  /** It has left, and nothing came back. */
  unanswered: { status: STATUS.timeout, outcome: 'unknown', sent: true },
} as const satisfies Readonly<Record<string, JobEnding>>;
