import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readTextFile } from '../check/read-text-file.ts';
import { decodeGateway, type GatewayConfig } from '../configuration/index.ts';
import type { Finding } from './finding.ts';
import { serialFindings } from './serial-finding.ts';

/** Whether `gateway.json` can be read, its serial ports too, and the folders that it names written. */
export async function gatewayFindings(file: string | undefined): Promise<Finding[]> {
  const name = 'gateway.json';
  if (file === undefined) return [{ name, state: 'ok', text: 'not looked at; name it with --gateway FILE', facts: {} }];
  const source = await readTextFile(file, 'a gateway configuration');
  if ('problem' in source) return [{ name, state: 'error', text: source.problem.message, facts: { file } }];
  const { value, problems } = decodeGateway(source.text, file);
  if (value === undefined) {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    return [
      { name, state: 'error', text: `${file} has ${errors} errors; gatehouse-host check lists them`, facts: { file } },
    ];
  }
  return [
    { name, state: 'ok', text: file, facts: { file } },
    ...serialFindings(value),
    ...(await Promise.all(foldersOf(value).map(folderFinding))),
  ];
}

function foldersOf({ stateFolder, securityLog }: GatewayConfig): { name: string; folder: string }[] {
  return [
    ...(stateFolder === undefined ? [] : [{ name: 'state folder', folder: stateFolder }]),
    ...(securityLog === undefined ? [] : [{ name: 'security log', folder: dirname(securityLog.file) }]),
  ];
}

async function folderFinding({ name, folder }: { name: string; folder: string }): Promise<Finding> {
  const existing = await nearestFolder(folder);
  try {
    if (!(await stat(existing)).isDirectory()) throw new Error(`${existing} is not a folder`);
    await access(existing, constants.W_OK | constants.X_OK);
    const text = existing === folder ? `${folder} can be written` : `${folder} will be made in ${existing}`;
    return { name, state: 'ok', text, facts: { folder } };
  } catch {
    const text = `nothing can be written to ${existing} by this user; what belongs there is lost`;
    return { name, state: 'error', text, facts: { folder } };
  }
}

/** The folder itself, or what above it there is. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  const above = dirname(folder);
  return found !== undefined || above === folder ? folder : nearestFolder(above);
}
