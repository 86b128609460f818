/** Time of the air; a test has its own. */
export interface AirClock {
  /** Milliseconds of a clock that never steps back. */
  now(): number;
  /** Calls back once, not before `delayMs` have passed. */
  after(delayMs: number, callback: () => void): AirTimer;
}

export interface AirTimer {
  cancel(): void;
}

export const systemClock: AirClock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
