import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('anomaly-guard deviation', { timeoutMs: 120_000 });
const ready = await readyModule('anomaly-guard');
const RULE = { field: 'x', zScore: 4, minDeviation: 0.05, alpha: 0.02, warmUp: 50 };

/** The definition, over whole lists: mean and variance of the warm-up, then the weighted sums written out. */
function expectedLimits(learned: readonly number[]): { low: number; high: number } {
  const warm = learned.slice(0, RULE.warmUp);
  const first = warm.reduce((sum, value) => sum + value, 0) / warm.length;
  const spread = warm.reduce((sum, value) => sum + (value - first) ** 2, 0) / warm.length;
  const later = learned.slice(RULE.warmUp);
  const weight = (age: number): number => RULE.alpha * (1 - RULE.alpha) ** age;
  const rest = (1 - RULE.alpha) ** later.length;
  const average = (of: (value: number) => number, start: number): number =>
    later.reduce((sum, value, index) => sum + weight(later.length - 1 - index) * of(value), rest * start);
  const mean = average((value) => value, first);
  // The variance about the weighted mean is the weighted mean of squares less its square.
  const squares = average((value) => value * value, spread + first * first);
  const deviation = Math.max(Math.sqrt(squares - mean * mean), RULE.minDeviation);
  return { low: mean - RULE.zScore * deviation, high: mean + RULE.zScore * deviation };
}

/** Values between 0 and 1 that look random and are the same in every run. */
function* noise(): Generator<number, never> {
  let state = 7;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

for (const target of TARGETS) {
  const settings = (more: Json = {}): Json => ({ device: 'pump', rules: { r: { ...RULE, ...more } } });
  const open = (more: Json = {}): ModuleRig => new ModuleRig(ready.wasm(target)).start(settings(more));
  const send = (rig: ModuleRig, x: number): Json[] => {
    rig.message({ device: 'pump', time: rig.timeMs, x });
    return rig.take();
  };

  test(`${target}: what it learned agrees with the definition, and readings outside are not learned from`, () => {
    const random = noise();
    const rig = open();
    const learned: number[] = [];
    for (let n = 0; n < 500; n++) {
      const x = 70 + random.next().value;
      learned.push(x);
      assert.deepEqual(send(rig, x), []);
      if (n < 60 || n % 100 !== 0) continue;
      for (const [far, side] of [
        [1_000, 'high'],
        [-1_000, 'low'],
      ] as const) {
        const [anomaly] = send(rig, far) as [Json];
        const expected = expectedLimits(learned)[side];
        assert.ok(Math.abs((anomaly['limit'] as number) - expected) < 1e-9, `${anomaly['limit']}, not ${expected}`);
        const { low, high } = expectedLimits(learned);
        const middle = (low + high) / 2;
        learned.push(middle);
        assert.equal(send(rig, middle)[0]!['state'], 'cleared');
      }
    }
  });

  test(`${target}: nothing is judged while it warms up`, () => {
    const rig = open();
    for (let n = 0; n < 49; n++) assert.deepEqual(send(rig, n === 10 ? 1e6 : 70), []);
    assert.deepEqual(send(rig, 70), []);
  });

  test(`${target}: a steady signal is judged by the least deviation`, () => {
    const rig = open();
    for (let n = 0; n < 100; n++) send(rig, 70);
    assert.deepEqual(send(rig, 70.19), []);
    const fresh = open();
    for (let n = 0; n < 100; n++) send(fresh, 70);
    assert.equal(send(fresh, 70.21)[0]!['limit'], 70.2);
  });

  test(`${target}: hysteresis is counted in deviations`, () => {
    const rig = open({ hysteresis: 2 });
    for (let n = 0; n < 100; n++) send(rig, 70);
    assert.equal(send(rig, 71).length, 1);
    assert.deepEqual(send(rig, 70.15), []);
    assert.equal(send(rig, 70.05)[0]!['state'], 'cleared');
  });

  test(`${target}: what was learned survives a restart in order, and one by failure up to the last minute`, () => {
    const rig = open();
    for (let n = 0; n < 100; n++) send(rig, 70);
    const failed = rig.restarted(ready.wasm(target)).start(settings());
    assert.deepEqual(send(failed, 80), [], 'nothing was kept yet');
    rig.advance(60_000);
    assert.equal(send(rig.restarted(ready.wasm(target)).start(settings()), 80).length, 1);
    const other = open();
    for (let n = 0; n < 100; n++) send(other, 70);
    other.stop();
    assert.equal(send(other.restarted(ready.wasm(target)).start(settings()), 80).length, 1);
  });

  test(`${target}: reset with relearn starts the warm-up again`, () => {
    const rig = open();
    for (let n = 0; n < 100; n++) send(rig, 70);
    assert.equal(send(rig, 90).length, 1);
    assert.equal(rig.method('reset', { rule: 'r', relearn: true }).status, 200);
    rig.take();
    for (let n = 0; n < 100; n++) assert.deepEqual(send(rig, 90), []);
    assert.equal(send(rig, 70).length, 1);
  });
}

test.run();
