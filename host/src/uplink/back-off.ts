/** Delays between attempts to connect. */
export interface BackOffSchedule {
  /** Upper bounds of the delays, in milliseconds; the last one is used for ever. */
  readonly ceilingsMs: readonly number[];
  /** A connection that held this long makes the next failure count as the first. */
  readonly wellAfterMs: number;
}

/** 1 s doubling to 1 min. */
export const BACK_OFF: BackOffSchedule = {
  ceilingsMs: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000],
  wellAfterMs: 10_000,
};

/**
 * Milliseconds to wait after a number of failures in a row: anything from 0 to the ceiling, so that gateways that lost
 * their hub at the same moment do not come back at the same moment.
 *
 * @param failures 1 or more
 * @param random 0 up to, not including, 1
 */
export function backOffMs(schedule: BackOffSchedule, failures: number, random: number): number {
  const ceilings = schedule.ceilingsMs;
  return random * ceilings[Math.min(failures, ceilings.length) - 1]!;
}
