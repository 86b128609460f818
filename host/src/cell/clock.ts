import { sharedMonotonic } from '../time/shared-monotonic.ts';

/** The cell's only view of time. Milliseconds since 1970, and milliseconds of a clock that never steps back. */
export interface CellClock {
  now(): number;
  monotonic(): number;
}

export const systemClock: CellClock = { now: () => Date.now(), monotonic: sharedMonotonic };
