import { BUILT_AT } from './built-at.ts';
import { type Moment, SET_MIN_MS } from './moment.ts';
import { sharedMonotonic } from './shared-monotonic.ts';

/** Nobody sets a clock to later; a clock chip without power may. */
export const CEILING = Date.UTC(2100, 0, 1);

/** What somebody did to the clock. */
export interface ClockSetting {
  /** What it would say now, and what it says. */
  readonly wasMs: number;
  readonly isMs: number;
  /** Whether the time was known before, and is now. */
  readonly wasKnown: boolean;
  readonly isKnown: boolean;
}

export interface WallClockOptions {
  /** The last time that was saved, in milliseconds since 1970. */
  readonly savedMs?: number;
  readonly builtAtMs?: number;
  /** Reads both clocks. */
  readonly read?: () => Moment;
}

/**
 * Whether the time of day can be believed. A machine without a clock chip starts with any time, so there is a floor: the later of
 * the build of the host and the last time that was saved. Below it the time is not known.
 *
 * A clock that is set while the host looks on is believed from the build on: whoever set it knew better than what was saved,
 * which may be the time of a clock that was wrong.
 */
export class WallClock {
  readonly #builtAtMs: number;
  readonly #read: () => Moment;
  readonly #listeners = new Set<(setting: ClockSetting) => void>();
  #floorMs: number;
  /** The last look at both clocks. */
  #last: Moment;
  #isKnown: boolean;
  #setAt: number;

  constructor({ savedMs = 0, builtAtMs = BUILT_AT, read = readClocks }: WallClockOptions = {}) {
    this.#builtAtMs = builtAtMs;
    this.#read = read;
    this.#floorMs = Math.max(builtAtMs, savedMs < CEILING ? savedMs : 0);
    this.#last = read();
    this.#isKnown = this.isPossible(this.#last.timeMs);
    this.#setAt = this.#last.monotonicMs;
  }

  /** No time before is believed, in milliseconds since 1970. */
  get floorMs(): number {
    return this.#floorMs;
  }

  get isKnown(): boolean {
    this.look();
    return this.#isKnown;
  }

  /** For how long nobody has set the clock, as far as the host could see. */
  get steadyMs(): number {
    this.look();
    return this.#last.monotonicMs - this.#setAt;
  }

  /** Whether a clock that is set can say this, in milliseconds since 1970. */
  isPossible(timeMs: number): boolean {
    return timeMs >= this.#floorMs && timeMs < CEILING;
  }

  now(): Moment {
    return this.#read();
  }

  /** Tells when somebody has set the clock, or the time became known or unknown; the function returned ends that. */
  listen(listener: (setting: ClockSetting) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Compares the clocks. To be called every second; whoever asks gets the answer of the moment anyway. */
  look(): void {
    const now = this.#read();
    const wasMs = this.#last.timeMs + (now.monotonicMs - this.#last.monotonicMs);
    const isSet = Math.abs(now.timeMs - wasMs) >= SET_MIN_MS;
    // Otherwise small steps in one direction, each too small to tell, would never be noticed.
    this.#last = isSet ? now : { timeMs: wasMs, monotonicMs: now.monotonicMs };
    if (isSet) {
      this.#setAt = now.monotonicMs;
      // What cannot be does not make the floor doubtful: the dates of certificates are judged by it meanwhile.
      if (now.timeMs >= this.#builtAtMs && now.timeMs < CEILING) this.#floorMs = this.#builtAtMs;
    }
    const wasKnown = this.#isKnown;
    this.#isKnown = this.isPossible(now.timeMs);
    if (!isSet && this.#isKnown === wasKnown) return;
    const setting = { wasMs, isMs: now.timeMs, wasKnown, isKnown: this.#isKnown };
    for (const listener of this.#listeners) listener(setting);
  }
}

/** Both clocks of the system. */
export function readClocks(): Moment {
  return { timeMs: Date.now(), monotonicMs: sharedMonotonic() };
}
