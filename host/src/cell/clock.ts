import { hrtime } from 'node:process';

/** The cell's only view of time. Milliseconds since 1970, and milliseconds of a clock that never steps back. */
export interface CellClock {
  now(): number;
  monotonic(): number;
}

const OFFSET_ATTEMPTS = 16;

/** What `performance.now()` of this thread lacks to be the same in all threads. */
const OFFSET_MS = measureOffset();

/** Milliseconds of a clock that never steps back and is the same in all threads of the process. */
export function sharedMonotonic(): number {
  return performance.now() + OFFSET_MS;
}

export const systemClock: CellClock = { now: () => Date.now(), monotonic: sharedMonotonic };

/** The difference of the two clocks, from the attempt in which the least time passed between looking at one and the other. */
function measureOffset(): number {
  let offset = 0;
  let leastGap = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < OFFSET_ATTEMPTS; attempt++) {
    const before = performance.now();
    const shared = sharedNow();
    const gap = performance.now() - before;
    if (gap >= leastGap) continue;
    leastGap = gap;
    offset = shared - before - gap / 2;
  }
  return offset;
}

function sharedNow(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
