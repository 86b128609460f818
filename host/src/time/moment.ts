/** A moment by both clocks, read together. */
export interface Moment {
  /** Milliseconds since 1970, by the clock as it was set then. */
  readonly timeMs: number;
  /** Milliseconds of `sharedMonotonic`; NaN for a moment before the machine was started, which nothing can be compared with. */
  readonly monotonicMs: number;
}

/** The two clocks differ by less from one look to the next unless somebody has set the clock. */
export const SET_MIN_MS = 1_000;

/**
 * When a moment was, by the clock as it is set now: whoever set it since knows better than the clock did. Without that the
 * time is what it was.
 */
export function timeOf(moment: Moment, now: Moment): number {
  const timeMs = now.timeMs - (now.monotonicMs - moment.monotonicMs);
  return Math.abs(timeMs - moment.timeMs) >= SET_MIN_MS ? timeMs : moment.timeMs;
}
