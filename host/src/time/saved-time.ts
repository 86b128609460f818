import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatehouseError } from '../errors.ts';
import { replaceFile } from '../state/replace-file.ts';
import type { WallClock } from './wall-clock.ts';

/** File in the state folder. */
export const TIME_FILE = 'time.json';

/** How long the clock must have run without being set: what was set by mistake is set again by then. */
export const SAVE_STEADY_MS = 3_600_000;
/** The floor needs no more; each time costs the flash some ten kilobytes. */
export const SAVE_EVERY_MS = 6 * 3_600_000;

/**
 * The last time that was saved, in milliseconds since 1970; undefined if there is none.
 * @throws GatehouseError STATE_LOST for a file that cannot be read or is damaged; it is replaced at the next save
 */
export async function readSavedTime(folder: string): Promise<number | undefined> {
  const file = join(folder, TIME_FILE);
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as { savedAt?: unknown } | null;
    const timeMs = typeof value?.savedAt === 'string' ? Date.parse(value.savedAt) : Number.NaN;
    if (Number.isNaN(timeMs)) throw new Error('the file is damaged');
    return timeMs;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw lost(`the last time that was saved is lost: ${file}`, error);
  }
}

/** Saves the time now and then, so that a machine without a clock chip knows after a power cut that it does not know the time. */
export class SavedTime {
  readonly #folder: string;
  readonly #clock: WallClock;
  /** What the file says, in milliseconds since 1970. */
  #savedMs: number;
  /** When that was, on the monotonic clock. */
  #savedAt = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> = Promise.resolve();

  /** @param savedMs the last time that was saved, if there is one */
  constructor(folder: string, clock: WallClock, savedMs = 0) {
    this.#folder = folder;
    this.#clock = clock;
    this.#savedMs = savedMs;
  }

  /**
   * Saves the time if that is due.
   * @throws GatehouseError STATE_LOST, at most once in the time between two saves
   */
  async saveDue(): Promise<void> {
    const { timeMs, monotonicMs } = this.#clock.now();
    if (monotonicMs - this.#savedAt >= SAVE_EVERY_MS || timeMs < this.#savedMs) await this.save();
  }

  /**
   * Saves the time unless it is not known, or was set too short a time ago to be sure of it. What was saved by a clock that has
   * been set back since is replaced at once: after a power cut it would keep the right time from being believed.
   * @throws GatehouseError STATE_LOST
   */
  save(): Promise<void> {
    if (!this.#clock.isKnown) return Promise.resolve();
    const { timeMs, monotonicMs } = this.#clock.now();
    if (this.#clock.steadyMs < SAVE_STEADY_MS && timeMs >= this.#savedMs) return Promise.resolve();
    this.#savedMs = timeMs;
    this.#savedAt = monotonicMs;
    const content = `${JSON.stringify({ savedAt: new Date(timeMs).toISOString() })}\n`;
    this.#saving = this.#saving
      .catch(() => undefined)
      .then(() => replaceFile(this.#folder, TIME_FILE, content))
      .catch((error: unknown) => {
        throw lost('the time cannot be saved', error);
      });
    return this.#saving;
  }
}

function lost(text: string, cause: unknown): GatehouseError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new GatehouseError('STATE_LOST', `${text}: ${why}`, { cause });
}
