import { STATUS, type Status } from '../../abi/constants.ts';
import type { WriteOutcome } from '../driver.ts';
import type { WaitingJob } from '../job-queue.ts';
import type { MqttRequest } from './request-codec.ts';

/** How a message of a module ended: what it is told, and what is audited. */
export interface PublishEnding {
  readonly status: Status;
  readonly outcome: WriteOutcome;
  readonly sent: boolean;
  /** Reason code of the broker, with status `failed`. */
  readonly detail?: number;
}

/** A message of a module on its way. It is sent at most once, and never after its expiry. */
export interface PublishJob extends WaitingJob<PublishEnding>, Omit<MqttRequest, 'expiryMs'> {}

/** Ends by what happened. */
export const ENDING = {
  full: { status: STATUS.full, outcome: 'dropped', sent: false },
  expired: { status: STATUS.expired, outcome: 'expired', sent: false },
  /** There is no broker yet. */
  unavailable: { status: STATUS.unavailable, outcome: 'dropped', sent: false },
  closing: { status: STATUS.cancelled, outcome: 'dropped', sent: false },
  moduleGone: { status: STATUS.cancelled, outcome: 'dropped', sent: false },
  /** More than the broker takes. */
  tooLarge: { status: STATUS.limit, outcome: 'dropped', sent: false },
  confirmed: { status: STATUS.ok, outcome: 'confirmed', sent: true },
  /** It may have arrived. */
  unknown: { status: STATUS.unknown, outcome: 'unknown', sent: true },
} as const satisfies Readonly<Record<string, PublishEnding>>;

export const refusedWith = (detail: number): PublishEnding => ({
  ...{ status: STATUS.failed, outcome: 'refused', sent: true, detail },
});
