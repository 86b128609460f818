import { type BackOff, backOffDelays } from '../back-off.ts';
import type { Clock, Timer } from '../clock.ts';

const RETRY: BackOff = { firstMs: 0, startMs: 500, maxMs: 30_000 };

export interface FailSafeOptions {
  /** How long its module must have been down. */
  readonly afterMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** The time has come. */
  readonly begun: () => void;
  /**
   * Makes the write as soon as the device can be reached and calls back once: true when the device confirmed it. What
   * it returns gives the write up if it is not sent yet.
   */
  readonly write: (ended: (confirmed: boolean) => void) => () => void;
}

export type FailSafeState = 'counting' | 'writing' | 'confirmed' | 'over';

/** Makes one fail-safe write for a module that is down, again and again until the device confirms it or the watch ends. */
export class FailSafeWatch {
  readonly #options: FailSafeOptions;
  readonly #delays: Iterator<number, never>;
  #state: FailSafeState = 'counting';
  #timer: Timer | undefined;
  #giveUp: (() => void) | undefined;
  #dueAt = 0;

  constructor(options: FailSafeOptions) {
    this.#options = options;
    this.#delays = backOffDelays(RETRY, options.random);
  }

  get state(): FailSafeState {
    return this.#state;
  }

  start(): void {
    const { clock, afterMs } = this.#options;
    this.#dueAt = clock.now() + afterMs;
    this.#count();
  }

  /** The module is back, or was stopped on purpose. A write that is already under way cannot be called back. */
  end(): void {
    this.#state = 'over';
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#giveUp?.();
    this.#giveUp = undefined;
  }

  #count(): void {
    const left = this.#dueAt - this.#options.clock.now();
    if (left > 0) this.#timer = this.#options.clock.after(left, () => this.#count());
    else {
      this.#state = 'writing';
      this.#options.begun();
      this.#retry();
    }
  }

  #retry(): void {
    const delayMs = this.#delays.next().value;
    if (delayMs === 0) this.#write();
    else this.#timer = this.#options.clock.after(delayMs, () => this.#write());
  }

  #write(): void {
    this.#timer = undefined;
    let isDone = false;
    const giveUp = this.#options.write((confirmed) => {
      isDone = true;
      this.#giveUp = undefined;
      if (this.#state !== 'writing') return;
      if (confirmed) this.#state = 'confirmed';
      else this.#retry();
    });
    if (!isDone) this.#giveUp = giveUp;
  }
}
