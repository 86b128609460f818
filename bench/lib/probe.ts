import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the main thread of a host holds at a moment, after a garbage collection. */
export interface Held {
  readonly heldBytes: number;
  readonly timers: number;
}

/** Options of Node with which a host can be asked; it needs an IPC channel, too. */
export const PROBE_OPTIONS = ['--expose-gc', '--import', fileURLToPath(new URL('probe.mjs', import.meta.url))];

export async function askProbe(host: ChildProcess): Promise<Held> {
  const answer = once(host, 'message');
  host.send('held');
  const [held] = (await answer) as [Held];
  return held;
}
