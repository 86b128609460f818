import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

/** Two pseudo terminals joined by socat, as a serial line has two ends. */
export class PtyPair {
  /** Paths of both ends. */
  readonly ends: readonly [string, string];
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatehouse-pty-'));
  #unplug: (() => Promise<void>) | undefined;

  private constructor() {
    this.ends = [join(this.#folder, 'host'), join(this.#folder, 'device')];
  }

  static async open(): Promise<PtyPair> {
    const pair = new PtyPair();
    await pair.plugIn();
    return pair;
  }

  /** Makes both ends, under the same names as before. */
  async plugIn(): Promise<void> {
    const pty = (path: string) => `pty,raw,echo=0,link=${path}`;
    const child = spawn('socat', this.ends.map(pty), { stdio: 'ignore' });
    const gone = once(child, 'exit');
    this.#unplug = async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
    };
    await until('both ends of the line', () => this.ends.every((path) => existsSync(path)));
  }

  /** Takes the line away. */
  async unplug(): Promise<void> {
    await this.#unplug?.();
  }

  async close(): Promise<void> {
    await this.unplug();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
