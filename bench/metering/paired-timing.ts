import { median } from '../lib/bench.ts';

/** Something that repeats its work n times. */
export type Repeat = (n: number) => unknown;

export interface PairTiming {
  /** Time of the second over time of the first. */
  readonly ratio: number;
  /** Nanoseconds of one repetition. */
  readonly firstNs: number;
  readonly secondNs: number;
}

const CALL_NS = 5e6;
const WARM_UP_CALL_NS = 5e5;
const WARM_UP_MS = 200;
const PAIRS = 25;

/**
 * Times two of a kind in turns, so that a busy moment of the machine hits both alike: short calls until V8's optimising compiler has
 * taken over, which a running call does not live to see, then pairs of calls of about 5 ms, the first of each pair alternating.
 */
export async function timePairs(first: Repeat, second: Repeat): Promise<PairTiming> {
  const [warmUpRepeats, shortNs] = repeatsFor(first, WARM_UP_CALL_NS);
  for (let phase = 0; phase < 2; phase++) {
    warmUp(first, second, warmUpRepeats);
    // Optimised code is compiled by other threads, which may have to wait for a processor.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const repeats = Math.max(1, Math.round((warmUpRepeats * CALL_NS) / Math.min(shortNs, timed(first, warmUpRepeats))));
  const firsts: number[] = [];
  const seconds: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    if (pair % 2 === 0) firsts.push(timed(first, repeats));
    seconds.push(timed(second, repeats));
    if (pair % 2 === 1) firsts.push(timed(first, repeats));
  }
  return {
    ratio: median(seconds.map((ns, pair) => ns / firsts[pair]!)),
    firstNs: median(firsts) / repeats,
    secondNs: median(seconds) / repeats,
  };
}

/** How often to repeat for a call of about so long, and how long that took. */
function repeatsFor(work: Repeat, ns: number): [repeats: number, ns: number] {
  for (let repeats = 1; ; repeats *= 2) {
    timed(work, repeats);
    const taken = timed(work, repeats);
    if (taken >= ns) return [repeats, taken];
  }
}

function warmUp(first: Repeat, second: Repeat, repeats: number): void {
  const began = performance.now();
  while (performance.now() - began < WARM_UP_MS) {
    first(repeats);
    second(repeats);
  }
}

/** Processor time of this process in nanoseconds: whoever else wants the processor lengthens a call, but not this. */
function timed(work: Repeat, repeats: number): number {
  const began = process.cpuUsage();
  work(repeats);
  const { user, system } = process.cpuUsage(began);
  return (user + system) * 1000;
}
