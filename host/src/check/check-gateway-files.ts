import { access, constants } from 'node:fs/promises';
import type { GatewayConfig, UplinkConfig } from '../configuration/gateway.ts';
import type { ProblemLog } from '../json/index.ts';
import type { Secrets } from '../secrets/index.ts';
import { readFailure } from './read-text-file.ts';

type NamedFile = readonly [path: string, file: string];

/**
 * Reports certificates, keys and secrets that cannot be read. The gateway starts without them; its uplink does not, and what needs
 * the secret is not sent. A variable may be set where the gateway runs and not where this is checked.
 */
export async function checkGatewayFiles(
  { uplink, devices, http, secrets = {} }: GatewayConfig,
  log: ProblemLog,
): Promise<void> {
  const files = [
    ...(uplink === undefined ? [] : uplinkFiles(uplink)),
    ...deviceFiles(devices),
    ...secretFiles(secrets),
  ];
  if (http?.ca !== undefined) files.push(['http.ca', http.ca]);
  for (const [path, file] of files) {
    const failure = await access(file, constants.R_OK).then(() => undefined, readFailure);
    if (failure !== undefined) log.add({ code: 'FILE_MISSING', path, message: `the file ${file} ${failure}` });
  }
  for (const [name, source] of Object.entries(secrets)) {
    if (!('env' in source) || process.env[source.env] !== undefined) continue;
    const message = `the variable ${source.env} is not set here`;
    log.add({ severity: 'warning', code: 'SECRET_UNAVAILABLE', path: `secrets.${name}.env`, message });
  }
}

function uplinkFiles({ authentication, ca }: UplinkConfig): NamedFile[] {
  const files: NamedFile[] = ca === undefined ? [] : [['uplink.ca', ca]];
  if (authentication.type !== 'x509') return files;
  const { certificate, key } = authentication;
  return [...files, ['uplink.authentication.certificate', certificate], ['uplink.authentication.key', key]];
}

function deviceFiles(devices: GatewayConfig['devices']): NamedFile[] {
  return Object.entries(devices).flatMap(([name, device]) =>
    (['ca', 'certificate', 'key'] as const).flatMap((member) => {
      const file = (device as Partial<Record<typeof member, string>>)[member];
      return file === undefined ? [] : [[`devices.${name}.${member}`, file] as const];
    }),
  );
}

const secretFiles = (secrets: Secrets): NamedFile[] =>
  Object.entries(secrets).flatMap(([name, source]) =>
    'file' in source ? [[`secrets.${name}.file`, source.file] as const] : [],
  );
