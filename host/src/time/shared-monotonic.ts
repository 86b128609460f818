import { hrtime } from 'node:process';

const OFFSET_ATTEMPTS = 16;

/** What `performance.now()` of this thread lacks to be the same in all threads. */
const OFFSET_MS = measureOffset();

/** Milliseconds of a clock that never steps, whoever sets the time of day, and that is the same in all threads of the process. */
export function sharedMonotonic(): number {
  return performance.now() + OFFSET_MS;
}

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
