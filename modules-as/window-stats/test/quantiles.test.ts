import { assert, suite } from '../../../test/lib/suite.ts';
import { ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('window-stats quantiles', { timeoutMs: 120_000 });
const ready = await readyModule('window-stats');
const QUANTILES = [0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1];
const NAMES = ['p0', 'p0_1', 'p25', 'p50', 'p90', 'p99', 'p99_9', 'p100'];

/** Data sets that are hard for a sketch, each from a formula. */
const DATA: Record<string, number[]> = {
  ramp: Array.from({ length: 5_000 }, (_, n) => n + 1),
  'heavy tail': Array.from({ length: 5_000 }, (_, n) => (1 - (n + 0.5) / 5_000) ** -0.9),
  'both signs': Array.from({ length: 5_001 }, (_, n) => n - 2_500),
  negative: Array.from({ length: 1_000 }, (_, n) => -1_000 - n * n),
  'one value': Array.from({ length: 100 }, () => 13.37),
  zeros: Array.from({ length: 100 }, (_, n) => (n < 60 ? 0 : n)),
  'two values far apart': Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? 1e-3 : 20)),
  'one reading': [42],
};

for (const target of TARGETS) {
  for (const accuracy of [0.005, 0.01, 0.1]) {
    test(`${target}: within ${accuracy} of the reading of its rank, in windows of one slide and merged from 50`, () => {
      for (const [name, values] of Object.entries(DATA)) {
        // At 0.5 % the buckets reach over a factor of 160 only.
        const sorted = values.toSorted((a, b) => a - b);
        if (accuracy === 0.005 && name === 'two values far apart') continue;
        for (const slideMs of [50_000, 1_000]) {
          const rig = new ModuleRig(ready.wasm(target));
          rig.timeMs = 1_700_000_000_000;
          rig.start({ windows: { w: { lengthMs: 50_000, slideMs, fields: ['x'] } }, quantiles: QUANTILES, accuracy });
          for (const [index, x] of values.entries()) {
            rig.message({ device: 'd', time: rig.timeMs + Math.floor((index / values.length) * 50_000), x });
          }
          rig.stop();
          const result = rig.take().find(({ start }) => start === 1_700_000_000_000)!['x'] as Record<string, number>;
          assert.equal(result['count'], values.length);
          for (const [index, q] of QUANTILES.entries()) {
            const exact = sorted[Math.floor(q * (sorted.length - 1))]!;
            const got = result[NAMES[index]!]!;
            const reach = Math.max(...values.map(Math.abs)) / Math.max(1e-12, Math.abs(exact));
            const collapses = Math.log(reach) > 511 * Math.log((1 + accuracy) / (1 - accuracy));
            if (!collapses)
              assert.ok(
                Math.abs(got - exact) <= accuracy * Math.abs(exact) + 1e-9,
                `${name} ${q}: ${got}, not ${exact}`,
              );
          }
        }
      }
    });
  }

  test(`${target}: magnitudes further apart than the buckets reach leave the large quantiles exact`, () => {
    const rig = new ModuleRig(ready.wasm(target)).start({
      windows: { w: { lengthMs: 1_000, fields: ['x'] } },
      quantiles: [0, 0.9],
    });
    for (let n = 0; n < 100; n++) rig.message({ device: 'd', time: rig.timeMs, x: 10 ** (n / 5 - 10) });
    rig.stop();
    const { p90, p0, min } = rig.take()[0]!['x'] as Record<string, number>;
    const exact = 10 ** (89 / 5 - 10);
    assert.ok(Math.abs(p90! - exact) <= 0.01 * exact, `${p90}`);
    assert.ok(p0! > min!, 'the smallest magnitudes fell together');
  });
}

test.run();
