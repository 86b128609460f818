import type { ErrorCode } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { WriteAudit, WriteOutcome } from '../driver.ts';
import type { BleJob, JobEnding } from './ble-job.ts';

const CODES: Readonly<Record<WriteOutcome, ErrorCode | undefined>> = {
  confirmed: undefined,
  refused: 'DEVICE_EXCEPTION',
  unknown: 'WRITE_UNKNOWN',
  expired: 'WRITE_EXPIRED',
  dropped: undefined,
};

/** The audit line of a write that has just ended; `askedAt` is a time of the clock. */
export function auditOf(device: string, job: BleJob, ending: JobEnding, askedAt: number, clock: Clock): WriteAudit {
  const { service, characteristic } = job.path;
  const { outcome, sent, detail } = ending;
  const tookMs = clock.now() - askedAt;
  const code = CODES[outcome];
  return {
    ...{ origin: 'module', module: job.session.module, device, address: `${service}/${characteristic}` },
    values: [...job.data],
    ...{ time: clock.time() - tookMs, tookMs, sent, outcome, detail },
    ...(code === undefined ? {} : { code }),
  };
}
