import type { ErrorCode } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { WriteAudit, WriteOutcome } from './driver.ts';

/** What a write that went wrong is reported as, by how it ended. */
export const OUTCOME_CODES: { readonly [Outcome in WriteOutcome]?: ErrorCode } = {
  refused: 'DEVICE_EXCEPTION',
  unknown: 'WRITE_UNKNOWN',
  expired: 'WRITE_EXPIRED',
};

/** Most bytes of a write that its audit shows. */
const AUDITED_BYTES = 256;

/** Bytes that a module wrote, and where. */
export interface WrittenBytes extends Pick<WriteAudit, 'module' | 'device' | 'address'> {
  readonly data: Uint8Array;
  /** Time of the clock at which it was asked for. */
  readonly askedAt: number;
}

/** The audit line of bytes whose write has just ended. */
export function auditOfBytes(
  { module, device, address, data, askedAt }: WrittenBytes,
  { outcome, sent, detail = 0 }: Pick<WriteAudit, 'outcome' | 'sent'> & { readonly detail?: number },
  clock: Clock,
): WriteAudit {
  const tookMs = clock.now() - askedAt;
  const code = OUTCOME_CODES[outcome];
  return {
    ...{ origin: 'module', module, device, address, values: [...data.subarray(0, AUDITED_BYTES)] },
    ...{ time: clock.time() - tookMs, tookMs, sent, outcome, detail },
    ...(code === undefined ? {} : { code }),
  };
}
