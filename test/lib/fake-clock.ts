import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKETIME_LIBRARY } from './tools.ts';

/**
 * The time of day of another process, which a test sets while that runs: Debian's libfaketime between the process and the
 * system, for JavaScript and OpenSSL alike. Its monotonic clock is that of the system.
 */
export class FakeClock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatehouse-clock-'));

  constructor(timeMs: number) {
    this.set(timeMs);
  }

  /** The words that start Node with this clock. */
  get node(): [string, ...string[]] {
    return [
      'env',
      `LD_PRELOAD=${FAKETIME_LIBRARY}`,
      `FAKETIME_TIMESTAMP_FILE=${this.#file}`,
      'FAKETIME_NO_CACHE=1',
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
      // Without it waits of V8 and libuv, which are on the monotonic clock, are taken for waits on the other one.
      'FAKETIME_FORCE_MONOTONIC_FIX=0',
      process.execPath,
    ];
  }

  /** From now on the clock goes on from here. */
  set(timeMs: number): void {
    const seconds = Math.round((timeMs - Date.now()) / 1_000);
    writeFileSync(`${this.#file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.#folder, 'clock');
  }
}
