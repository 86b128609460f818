import { access, constants } from 'node:fs/promises';
import type { UplinkConfig } from '../configuration/gateway.ts';
import type { ProblemLog } from '../json/index.ts';
import { readFailure } from './read-text-file.ts';

/** Reports certificates and keys that cannot be read. The gateway starts without them, its uplink does not. */
export async function checkGatewayFiles({ authentication, ca }: UplinkConfig, log: ProblemLog): Promise<void> {
  const files: [path: string, file: string][] = ca === undefined ? [] : [['ca', ca]];
  if (authentication.type === 'x509') {
    files.push(['authentication.certificate', authentication.certificate], ['authentication.key', authentication.key]);
  }
  for (const [path, file] of files) {
    const failure = await access(file, constants.R_OK).then(() => undefined, readFailure);
    if (failure === undefined) continue;
    log.add({ code: 'FILE_MISSING', path: `uplink.${path}`, message: `the file ${file} ${failure}` });
  }
}
