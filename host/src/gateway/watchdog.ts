import type { ActivityReading } from '../bridge/activity.ts';
import type { ModuleLimits } from '../limits.ts';
import type { ThreadClock } from './thread-clock.ts';

/** How often the host looks whether its cells come to an end with what they do. */
export const WATCH_EVERY_MS = 1_000;
/** Work of a cell on one turn of a module, at least. */
export const STUCK_AFTER_MS = 5_000;
/** What a board that is twenty times as slow as those of today needs: for fuel, and to compile a module. */
const FUEL_PER_MS = 100_000;
const MODULE_BYTES_PER_MS = 5_000;
/** Without the time of a processor to go by, a busy board looks like a stuck cell. */
const WALL_MARGIN = 12;

/** What no turn of a module with these limits takes, however slow the board: far above its budget of fuel. */
export function stuckAfterMs({ fuelPerCall, moduleBytes }: Pick<ModuleLimits, 'fuelPerCall' | 'moduleBytes'>): number {
  return Math.max(STUCK_AFTER_MS, fuelPerCall / FUEL_PER_MS + moduleBytes / MODULE_BYTES_PER_MS);
}

/** How long a cell that is well may leave the host without an answer, on a board that is busy with other programs. */
export function silenceMaxMs(stuckAfterMs: number): number {
  return Math.max(stuckAfterMs, STUCK_AFTER_MS) * WALL_MARGIN;
}

/** A cell does not come to an end. */
export interface Stuck {
  /** The module it runs, by slot; undefined if it is none. */
  readonly slot: number | undefined;
  /** What it has worked since it began. */
  readonly workedMs: number;
  readonly kind: ThreadClock['kind'];
}

/**
 * Judges one cell by how much its thread has worked since it last began something new, so that neither a board that is busy with
 * other programs, nor a host that is, nor a process that was suspended makes a healthy cell look stuck.
 */
export class Watchdog {
  readonly #clock: ThreadClock;
  readonly #stuckAfterMs: number;
  /** The same for a thread that loads its own code, before anything of a module runs. */
  readonly #loadedAfterMs: number;
  #turns: number | undefined;
  #workedBefore = 0;

  constructor(clock: ThreadClock, stuckAfterMs: number = STUCK_AFTER_MS) {
    this.#clock = clock;
    const margin = clock.kind === 'cpu' ? 1 : WALL_MARGIN;
    this.#stuckAfterMs = stuckAfterMs * margin;
    this.#loadedAfterMs = Math.max(stuckAfterMs, STUCK_AFTER_MS) * margin;
  }

  /** Looks at what the cell does at the moment; returns what is to be said if it is stuck. */
  look({ slot, turns }: ActivityReading): Stuck | undefined {
    const worked = this.#clock.workedMs();
    if (turns !== this.#turns) {
      this.#turns = turns;
      this.#workedBefore = worked;
    }
    const workedMs = worked - this.#workedBefore;
    const limitMs = turns === 0 ? this.#loadedAfterMs : this.#stuckAfterMs;
    return workedMs < limitMs ? undefined : { slot, workedMs, kind: this.#clock.kind };
  }
}
