/** A timer that can be given up. */
export interface Timer {
  cancel(): void;
}

/** Time as drivers see it; tests put a virtual one in its place. */
export interface Clock {
  /** Milliseconds of a clock that never steps back. */
  now(): number;
  /** Milliseconds since 1970. */
  time(): number;
  /** Calls back once, not before `delayMs` have passed; delays beyond 24 days are cut to that, so look at `now()`. */
  after(delayMs: number, callback: () => void): Timer;
}

const DELAY_MAX_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => performance.now(),
  time: () => Date.now(),
  after(delayMs, callback) {
    // Node cuts fractions off, which would fire before the time has come.
    const timer = setTimeout(callback, Math.min(Math.ceil(Math.max(delayMs, 0)), DELAY_MAX_MS));
    return { cancel: () => clearTimeout(timer) };
  },
};
