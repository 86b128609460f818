/** A schedule of attempts, as data. */
export interface BackOff {
  /** Delay before the first attempt; it has no jitter. */
  readonly firstMs: number;
  /** Delay before the second attempt, which doubles from there. */
  readonly startMs: number;
  readonly maxMs: number;
}

/**
 * The delays of a schedule, without end. From the second on each is drawn from the upper half below its nominal value,
 * so that many gateways which lost the same peer do not come back together.
 *
 * @param random returns numbers in [0, 1)
 */
export function* backOffDelays(schedule: BackOff, random: () => number): Generator<number, never> {
  yield schedule.firstMs;
  for (let nominalMs = schedule.startMs; ; nominalMs = Math.min(nominalMs * 2, schedule.maxMs)) {
    yield nominalMs * (0.5 + random() / 2);
  }
}
