import { dirname, resolve } from 'node:path';
import type { Problem } from '../errors.ts';
import { decodeFile, type ProblemLog } from '../json/index.ts';
import type { Secrets } from '../secrets/index.ts';
import type { GatewayConfig, UplinkConfig } from './gateway.ts';
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
 * it was named to us: it appears in problems, and certificates are looked for beside it.
 */
export function decodeGateway(text: string, file: string): DecodedGateway {
  const { value, log } = readGateway(text, file);
  return { ...(value === undefined ? {} : { value }), problems: log.problems };
}

export function readGateway(text: string, file: string): ReadGateway {
  const { value, log } = decodeFile(text, file, gatewayShape, 'GATEWAY_INVALID');
  if (value === undefined) return { value, log };
  const { uplink, trust, stateFolder, securityLog, metrics, secrets, http, ...gateway } = value;
  const folder = dirname(file);
  return {
    value: {
      ...gateway,
      ...(uplink === undefined ? {} : { uplink: withFiles(uplink, folder) }),
      ...(trust === undefined ? {} : { trust: { ...trust, file: resolve(folder, trust.file) } }),
      ...(stateFolder === undefined ? {} : { stateFolder: resolve(folder, stateFolder) }),
      ...(securityLog === undefined
        ? {}
        : { securityLog: { ...securityLog, file: resolve(folder, securityLog.file) } }),
      ...(metrics === undefined ? {} : { metrics }),
      ...(secrets === undefined ? {} : { secrets: secretsBeside(secrets, folder) }),
      ...(http === undefined ? {} : { http: http.ca === undefined ? {} : { ca: resolve(folder, http.ca) } }),
    },
    log,
  };
}

function secretsBeside(secrets: Secrets, folder: string): Secrets {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, source]) => [
      name,
      'file' in source ? { file: resolve(folder, source.file) } : source,
    ]),
  );
}

/** Makes the paths of files absolute. */
function withFiles(uplink: UplinkConfig, folder: string): UplinkConfig {
  const { authentication, ca } = uplink;
  return {
    ...uplink,
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
    authentication:
      authentication.type === 'x509'
        ? {
            ...authentication,
            certificate: resolve(folder, authentication.certificate),
            key: resolve(folder, authentication.key),
          }
        : authentication,
  };
}
