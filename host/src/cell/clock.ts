import { hrtime } from 'node:process';

/** The cell's only view of time. Milliseconds since 1970, and milliseconds of a clock that never steps back. */
export interface CellClock {
  now(): number;
  monotonic(): number;
}

/** What `performance.now()` of this thread lacks to be the same in all threads. */
const OFFSET_MS = sharedNow() - performance.now();

/** Milliseconds of a clock that never steps back and is the same in all threads of the process. */
export function sharedMonotonic(): number {
  return performance.now() + OFFSET_MS;
}

export const systemClock: CellClock = { now: () => Date.now(), monotonic: sharedMonotonic };

function sharedNow(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
