import { median } from '../lib/bench.ts';
import type { Kernel } from './kernels.ts';
import { combine, type Measurement } from './measurement.ts';
import { instantiateKeepingNans, instantiatePair, type MeteredPair } from './metered-pair.ts';
import { timePairs } from './paired-timing.ts';

/** Compilations of each program. */
export const VARIANTS = 3;
const CHECKED_ROUNDS = 10;

type Run = (n: number) => number;

/** Times a kernel with and without metering. Throws if they do not compute the same. */
export async function measureKernel(kernel: Kernel): Promise<Measurement> {
  const wasm = await kernel.compile();
  const timings = [];
  let fuel = 0;
  for (let variant = 0; variant < VARIANTS; variant++) {
    const pair = instantiatePair(wasm, variant);
    fuel = fuelOfRound(kernel, pair);
    timings.push(await timePairs(runOf(pair.plain), runOf(pair.metered)));
  }
  const measurement = combine(kernel, timings, fuel);
  return kernel.hasFloats ? { ...measurement, nanRatio: await timeNans(wasm) } : measurement;
}

/** What canonical NaNs cost: time over that of a metered program without them. */
async function timeNans(wasm: Uint8Array): Promise<number> {
  const ratios: number[] = [];
  for (let variant = 0; variant < VARIANTS; variant++) {
    const kept = instantiateKeepingNans(wasm, variant);
    const { metered } = instantiatePair(wasm, variant);
    ratios.push((await timePairs(runOf(kept), runOf(metered))).ratio);
  }
  return median(ratios);
}

/** Fuel of one of several rounds, when what is done once was done before. */
function fuelOfRound({ name }: Kernel, { plain, metered, takeFuel }: MeteredPair): number {
  for (const rounds of [1, CHECKED_ROUNDS]) {
    takeFuel();
    const [expected, got] = [runOf(plain)(rounds), runOf(metered)(rounds)];
    if (expected !== got) throw new Error(`${name} computes ${got} with metering and ${expected} without`);
    if (rounds > 1) return takeFuel() / rounds;
  }
  return Number.NaN;
}

function runOf({ exports }: WebAssembly.Instance): Run {
  return exports['run'] as Run;
}
