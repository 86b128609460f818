import { STATUS, type Status } from '../../abi/constants.ts';
import type { WriteOutcome } from '../driver.ts';
import type { WaitingJob } from '../job-queue.ts';
import type { GattEnd } from './central/gatt-link.ts';
import type { CharacteristicPath } from './central/radio.ts';
import { DETAIL, DETAIL_OF_LOSS } from './detail.ts';

/** How a read or write ended: what its module is told, and what is audited of a write. */
export interface JobEnding {
  readonly status: Status;
  readonly detail: number;
  readonly outcome: WriteOutcome;
  readonly sent: boolean;
  readonly value?: Uint8Array;
}

/** A read or a write that waits for a link. It is sent at most once, and never after its expiry. */
export interface BleJob extends WaitingJob<JobEnding> {
  readonly kind: 'read' | 'write' | 'writeWithoutResponse';
  readonly path: CharacteristicPath;
  /** Of a write. */
  readonly data: Uint8Array;
}

/** Ends of what was not sent. */
export const UNSENT = {
  full: { status: STATUS.full, detail: DETAIL.none, outcome: 'dropped', sent: false },
  expired: { status: STATUS.expired, detail: DETAIL.none, outcome: 'expired', sent: false },
  /** The host closes, or the module is gone. */
  cancelled: { status: STATUS.cancelled, detail: DETAIL.none, outcome: 'dropped', sent: false },
} as const satisfies Readonly<Record<string, JobEnding>>;

/** What the end on the link means for the module. */
export function endingOf(job: BleJob, end: GattEnd<Uint8Array | undefined>): JobEnding {
  switch (end.kind) {
    case 'done':
      if (job.kind === 'writeWithoutResponse')
        return { status: STATUS.unknown, detail: DETAIL.noResponse, outcome: 'unknown', sent: true };
      return {
        ...{ status: STATUS.ok, detail: DETAIL.none, outcome: 'confirmed', sent: true },
        ...(end.value === undefined ? {} : { value: end.value }),
      };
    case 'refused':
      return { status: STATUS.failed, detail: end.code, outcome: 'refused', sent: true };
    case 'not-found':
      return { status: STATUS.notFound, detail: DETAIL.none, outcome: 'dropped', sent: false };
    case 'too-long':
      return { status: STATUS.failed, detail: DETAIL.tooLong, outcome: 'dropped', sent: false };
    case 'expired':
      return UNSENT.expired;
    case 'lost':
      return lostEnding(job, DETAIL_OF_LOSS[end.loss], end.wasSent);
    default:
      return end satisfies never;
  }
}

function lostEnding({ kind }: BleJob, detail: number, wasSent: boolean): JobEnding {
  if (kind !== 'read' && wasSent) return { status: STATUS.unknown, detail, outcome: 'unknown', sent: true };
  const status = detail === DETAIL.noAnswer ? STATUS.timeout : STATUS.unavailable;
  return { status, detail, outcome: 'dropped', sent: false };
}
