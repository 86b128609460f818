import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../lib/until.ts';

/** Two serial ports that are joined, made by socat: what one sends the other gets. A pty has no baud rate. */
export interface PtyPair {
  readonly near: string;
  readonly far: string;
  /** Takes both ports away, as when an adapter is pulled out. */
  unplug(): Promise<void>;
  /** Brings them back under the same names. */
  plug(): Promise<void>;
  close(): Promise<void>;
}

export async function openPtyPair(): Promise<PtyPair> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-pty-'));
  const near = join(folder, 'near');
  const far = join(folder, 'far');
  let socat: ChildProcess | undefined;
  const plug = async (): Promise<void> => {
    socat = spawn(
      'socat',
      [near, far].map((link) => `pty,raw,echo=0,link=${link}`),
      { stdio: 'ignore' },
    );
    await until('a pair of ports', () => existsSync(near) && existsSync(far));
  };
  const unplug = async (): Promise<void> => {
    const gone = socat === undefined || socat.exitCode !== null ? undefined : once(socat, 'exit');
    socat?.kill('SIGTERM');
    await gone;
    socat = undefined;
  };
  await plug();
  return {
    near,
    far,
    plug,
    unplug,
    async close() {
      await unplug();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
