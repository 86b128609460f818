import { dirname } from 'node:path';
import type { Problem } from '../errors.ts';
import { decodeFile, type ProblemLog } from '../json/index.ts';
import type { GatewayConfig } from './gateway.ts';
import { gatewayShape } from './gateway-shape.ts';

export interface DecodedGateway {
  /** Absent if there is any error. */
  readonly value?: GatewayConfig;
  readonly problems: Problem[];
}

/** As `decodeGateway`, with the log, which takes problems found later and knows their lines. */
export interface ReadGateway {
  readonly value: GatewayConfig | undefined;
  readonly log: ProblemLog;
}

/**
 * Reads a gateway configuration and says everything that is wrong with it, without repeating secrets. `file` is its path as
 * it was named to us: it appears in problems, and files that it names are looked for beside it.
 */
export function decodeGateway(text: string, file: string): DecodedGateway {
  const { value, log } = readGateway(text, file);
  return { ...(value === undefined ? {} : { value }), problems: log.problems };
}

export function readGateway(text: string, file: string): ReadGateway {
  const { value, log } = decodeFile(text, file, gatewayShape, 'GATEWAY_INVALID', dirname(file));
  return { value, log };
}
