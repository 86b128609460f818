import { readFileSync } from 'node:fs';

/** The version of the host. Its bundle lies in `dist`, beside the folder of the sources, which this file is in. */
export function hostVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
