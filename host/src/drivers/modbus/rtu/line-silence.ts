import type { Clock, Timer } from '../../clock.ts';

export interface LineSilenceEvents {
  /** The line has been silent for as long as it had to. */
  kept(): void;
  /** The line is never silent. */
  babbled(): void;
}

/** A line that is not silent for so long will not become so by waiting. */
const BABBLE_MS = 2_000;

/** Waits until a line has been silent for some time. */
export class LineSilence {
  readonly #clock: Clock;
  readonly #events: LineSilenceEvents;
  #timer: Timer | undefined;
  #silentMs = 0;
  #since = 0;
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, events: LineSilenceEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  get isAwaited(): boolean {
    return this.#timer !== undefined;
  }

  /** Waits from now on until nothing was heard for so long. */
  wait(silentMs: number): void {
    this.#silentMs = silentMs;
    this.#since = this.#clock.now();
    this.#setTimer(silentMs);
  }

  /** Something was heard, after which the line must be silent for so long. */
  heard(silentMs: number): void {
    this.#heardAt = this.#clock.now();
    if (this.isAwaited) this.#silentMs = silentMs;
    else this.wait(silentMs);
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    const now = this.#clock.now();
    const leftMs = Math.max(this.#since, this.#heardAt) + this.#silentMs - now;
    this.#timer = undefined;
    if (leftMs <= 0) this.#events.kept();
    else if (now - this.#since >= BABBLE_MS) this.#events.babbled();
    else this.#setTimer(leftMs);
  }

  #setTimer(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(delayMs, () => this.#look());
  }
}
