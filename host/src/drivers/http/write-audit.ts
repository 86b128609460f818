import type { Status } from '../../abi/constants.ts';
import { STATUS } from '../../abi/constants.ts';
import type { WriteAudit, WriteOutcome } from '../driver.ts';
import { OUTCOME_CODES } from '../write-audit.ts';
import { type HttpRequest, originOf } from './request.ts';

const PATH_CHARACTERS = 256;

/** How a request that is no read ended. */
export interface WriteEnding {
  readonly module: string;
  readonly status: Status;
  readonly detail: number;
  readonly wasSent: boolean;
  readonly tookMs: number;
  /** When it ended, in milliseconds since 1970. */
  readonly time: number;
}

export function outcomeOf({
  status,
  detail,
  wasSent,
}: Pick<WriteEnding, 'status' | 'detail' | 'wasSent'>): WriteOutcome {
  const isAnswer = detail >= 100;
  if (isAnswer) return detail < 300 ? 'confirmed' : 'refused';
  if (status === STATUS.expired) return 'expired';
  if (status === STATUS.denied && wasSent) return 'refused';
  return wasSent ? 'unknown' : 'dropped';
}

/** The line of the audit; without the query and the body, which may hold what no log should. */
export function auditOf(request: HttpRequest, ending: WriteEnding): WriteAudit {
  const { module, detail, wasSent: sent, tookMs } = ending;
  const outcome = outcomeOf(ending);
  const code = OUTCOME_CODES[outcome];
  return {
    origin: 'module',
    module,
    device: originOf(request),
    address: `${request.method} ${request.path.replace(/\?.*$/, '').slice(0, PATH_CHARACTERS)}`,
    values: [],
    time: ending.time - tookMs,
    tookMs,
    sent,
    outcome,
    detail,
    ...(code === undefined ? {} : { code }),
  };
}
