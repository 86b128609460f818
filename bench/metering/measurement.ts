import { median } from '../lib/bench.ts';
import type { PairTiming } from './paired-timing.ts';

/** What metering does to one program. */
export interface Measurement {
  readonly name: string;
  readonly kind: 'loop' | 'call' | 'module';
  /** Time of the rewritten program over that of the given one. */
  readonly ratio: number;
  /** The same over the rewritten program that leaves NaNs as they are, where there can be any. */
  readonly nanRatio?: number;
  /** Nanoseconds of one repetition of the rewritten program. */
  readonly meteredNs: number;
  /** Units of fuel that one repetition takes. */
  readonly fuel: number;
}

/** The median over the compilations of one program. */
export function combine(
  program: Pick<Measurement, 'name' | 'kind'>,
  timings: readonly PairTiming[],
  fuel: number,
): Measurement {
  return {
    name: program.name,
    kind: program.kind,
    ratio: median(timings.map(({ ratio }) => ratio)),
    meteredNs: median(timings.map(({ secondNs }) => secondNs)),
    fuel,
  };
}
