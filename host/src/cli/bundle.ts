import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { makeBundle } from '../bundle/index.ts';
import { sizeText } from '../doctor/finding.ts';
import { examine } from '../doctor/index.ts';
import { gatewayFileHere } from '../health/index.ts';
import { escapeControls } from '../security/index.ts';
import type { Command } from './options.ts';
import type { Restarted } from './restart.ts';

/** Where the packaged service has it. */
const SYSTEM_DEPLOYMENT = '/etc/gatehouse/deployment.json';
const OWNER_ONLY = 0o600;

/** `gatehouse-host bundle`: writes an archive for whoever helps. Returns 1 if it could not be written. */
export async function bundle(
  { deployment, gateway: named, url, out }: Command & { kind: 'bundle' },
  version: string,
  restarted: Restarted,
): Promise<number> {
  const gateway = gatewayFileHere(named);
  const file = out ?? `gatehouse-bundle-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z.tar.gz`;
  const { archive, files, absent } = await makeBundle({
    deployment: deployment ?? ['deployment.json', SYSTEM_DEPLOYMENT].find((path) => existsSync(path)),
    ...{ gateway, url, version },
    examine: () => examine({ gateway, begun: restarted }),
  });
  try {
    await writeFile(file, archive, { flag: 'wx', mode: OWNER_ONLY });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it exists already' : message;
    process.stderr.write(`gatehouse-host: cannot write ${file}: ${escapeControls(why)} (BUNDLE_FAILED)\n`);
    return 1;
  }
  const width = Math.max(...[...files, ...absent].map(({ name }) => name.length));
  const lines = [
    ...files.map(({ name, bytes, about }) => `  ${name.padEnd(width)}  ${sizeText(bytes).padStart(9)}  ${about}`),
    ...absent.map(({ name, why }) => `  ${name.padEnd(width)}  ${'-'.padStart(9)}  ${why}`),
  ];
  process.stdout.write(
    `${[`${file}, ${sizeText(archive.byteLength)}, without secrets:`, '', ...lines.map(escapeControls)].join('\n')}\n\n` +
      `Look through it before you hand it on: tar -xzf ${file}\n`,
  );
  return 0;
}
