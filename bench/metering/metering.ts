import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atLeast, atMost, type Bench, geometricMean, median, rounded } from '../lib/bench.ts';
import type { Measurement } from './measurement.ts';
import { measureRewriting } from './rewriting.ts';

const MEASURE = fileURLToPath(new URL('measure-main.ts', import.meta.url));
const NO_TRAP_HANDLER = '--disable-wasm-trap-handler';
/** What the default budget of a call is meant to last. */
const CALL_NS = 5e6;

/** Kernels and ready modules as they are and as the sandbox rewrites them, in turns in one process; then again without the trap handler. */
export const metering: Bench = {
  name: 'metering',
  question: 'What do fuel, a counted stack and canonical NaNs cost a module in speed and size?',
  async run({ only = '' }) {
    const usual = measure(only, []);
    const noTrapHandler = measure(only, [NO_TRAP_HANDLER]);
    const rewriting = measureRewriting();
    const ratios = { ...ratiosOf(usual, ''), ...ratiosOf(noTrapHandler, 'NoTrapHandler') };
    const rewriteMbPerSecond = rounded(rewriting.mbPerSecond);
    return {
      figures: {
        ...Object.fromEntries(usual.map(({ name, ratio }) => [name, rounded(ratio)])),
        ...Object.fromEntries(noTrapHandler.map(({ name, ratio }) => [`${name}, no trap handler`, rounded(ratio)])),
        ...ratios,
        ...nanCostOf(usual),
        ...fuelOf(usual),
        rewriteMbPerSecond,
        rewriteReadyModuleMs: rounded(rewriting.readyModuleMs),
        codeGrowth: rounded(rewriting.codeGrowth),
        fileGrowth: rounded(rewriting.fileGrowth),
        largeCodeGrowth: rounded(rewriting.largeCodeGrowth),
      },
      targets: [
        ...Object.entries(ratios).map(([name, value]) =>
          atMost(name, value, TARGETS[name.replace('NoTrapHandler', '')]!),
        ),
        atLeast('rewriteMbPerSecond', rewriteMbPerSecond, 10),
      ],
    };
  },
};

const TARGETS: Readonly<Record<string, number>> = { geomean: 1.1, worstLoop: 1.25, worstCall: 1.4, modules: 1.05 };

function measure(only: string, flags: readonly string[]): Measurement[] {
  const output = execFileSync(process.execPath, [...process.execArgv, ...flags, MEASURE, only], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Measurement);
}

/** The figures that have targets, as far as something of their kind was measured. */
function ratiosOf(measurements: readonly Measurement[], suffix: string): Record<string, number> {
  const of = (...kinds: Measurement['kind'][]): number[] =>
    measurements.filter(({ kind }) => kinds.includes(kind)).map(({ ratio }) => ratio);
  const figures = {
    geomean: geometricMean(of('loop', 'call')),
    worstLoop: Math.max(...of('loop')),
    worstCall: Math.max(...of('call')),
    modules: geometricMean(of('module')),
  };
  const found = Object.entries(figures).filter(([, ratio]) => Number.isFinite(ratio));
  return Object.fromEntries(found.map(([name, ratio]) => [name + suffix, rounded(ratio)]));
}

/** What canonical NaNs cost programs that compute with floating-point numbers: part of their ratio above. */
function nanCostOf(measurements: readonly Measurement[]): Record<string, number> {
  const found = measurements.flatMap(({ name, nanRatio }) => (nanRatio === undefined ? [] : [{ name, nanRatio }]));
  if (found.length === 0) return {};
  return {
    ...Object.fromEntries(found.map(({ name, nanRatio }) => [`${name}, canonical NaNs`, rounded(nanRatio)])),
    canonicalNans: rounded(geometricMean(found.map(({ nanRatio }) => nanRatio))),
  };
}

/** How much fuel a program burns in the time that the budget of one call is meant to last, in millions. */
function fuelOf(measurements: readonly Measurement[]): Record<string, number> {
  const millions = measurements.map(({ name, fuel, meteredNs }) => ({
    name,
    fuel: ((fuel / meteredNs) * CALL_NS) / 1e6,
  }));
  const all = millions.map(({ fuel }) => fuel);
  return {
    ...Object.fromEntries(millions.map(({ name, fuel }) => [`${name}, Mfuel in 5 ms`, rounded(fuel)])),
    fuelIn5MsMin: rounded(Math.min(...all) * 1e6),
    fuelIn5MsMedian: rounded(median(all) * 1e6),
    fuelIn5MsMax: rounded(Math.max(...all) * 1e6),
  };
}
