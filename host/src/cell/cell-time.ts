import type { CellClock } from './clock.ts';

/** The time of the event at hand: it stands still while a module handles it, and is read afresh between events. */
export class CellTime {
  /** Milliseconds since 1970, whole. */
  now = 0;
  /** Milliseconds of the monotonic clock, whole. */
  monotonic = 0;
  readonly #clock: CellClock;

  constructor(clock: CellClock) {
    this.#clock = clock;
    this.read();
  }

  read(): void {
    this.now = Math.floor(this.#clock.now());
    this.monotonic = Math.floor(this.#clock.monotonic());
  }

  /** As event frames have it [ABI-5.2]. */
  get stamps(): { time: number; monotonic: number } {
    return { time: this.now, monotonic: this.monotonic };
  }
}
