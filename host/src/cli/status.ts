import { GatehouseError } from '../errors.ts';
import { askHealth, findHost, formatHealth } from '../health/index.ts';
import { escapeControls } from '../security/index.ts';
import type { Command } from './options.ts';

/** What `status` ends with when no host answers. */
export const EXIT_NO_HOST = 3;

/** `gatehouse-host status`: asks the running host how it is. Returns 0 when it is ready, 1 when it is not, 3 when none answers. */
export async function status({ gateway, url, json }: Command & { kind: 'status' }): Promise<number> {
  try {
    const health = await askHealth(url ?? (await findHost(gateway)));
    process.stdout.write(json ? jsonLine(health) : formatHealth(health));
    return health.ready ? 0 : 1;
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    if (json) process.stdout.write(jsonLine({ status: 'unknown', code: error.code, text: error.message }));
    process.stderr.write(`gatehouse-host: ${escapeControls(error.message)} (${error.code})\n`);
    return EXIT_NO_HOST;
  }
}

/** What JSON leaves as it is, such as U+202E, may still make a terminal show something else; escaped it is the same JSON. */
const jsonLine = (value: object): string => `${escapeControls(JSON.stringify(value))}\n`;
