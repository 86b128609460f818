import type { Clock } from '../clock.ts';
import type { WriteAudit } from '../driver.ts';
import { OUTCOME_CODES } from '../write-audit.ts';
import { formatRange } from './register-range.ts';
import { type WritingRequest, writtenRange } from './request.ts';
import type { WriteEnding } from './write-job.ts';

/** In whose name a write is made. */
export interface WriteOrigin {
  readonly origin: 'module' | 'fail-safe';
  readonly module: string;
  readonly device: string;
}

/**
 * The audit line of a write that has just ended.
 *
 * @param startedAt time of the clock at which it was asked for
 */
export function auditOf(
  { origin, module, device }: WriteOrigin,
  request: WritingRequest,
  ending: WriteEnding,
  startedAt: number,
  clock: Clock,
): WriteAudit {
  const tookMs = clock.now() - startedAt;
  const code = OUTCOME_CODES[ending.outcome];
  return {
    origin,
    module,
    device,
    address: formatRange(writtenRange(request)),
    ...whatOf(request),
    time: clock.time() - tookMs,
    tookMs,
    sent: ending.sent,
    outcome: ending.outcome,
    detail: ending.detail,
    ...(code === undefined ? {} : { code }),
  };
}

function whatOf(request: WritingRequest): Pick<WriteAudit, 'values' | 'mask'> {
  if (request.kind === 'mask-write') return { values: [], mask: { and: request.andMask, or: request.orMask } };
  // Array.from asks typed arrays for an iterator, which costs more than all the rest here.
  const values: number[] = [];
  for (let i = 0; i < request.values.length; i++) values.push(request.values[i]!);
  return { values };
}
