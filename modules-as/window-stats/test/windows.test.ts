import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';
import { exactWindows, type Reading } from './exact-windows.ts';

const test = suite('window-stats windows', { timeoutMs: 120_000 });
const ready = await readyModule('window-stats');
const START = 1_700_000_000_000;

interface Field {
  count: number;
  min: number;
  max: number;
  mean: number;
  stddev?: number;
  p50: number;
}

/** Numbers that look random and are the same in every run. */
function* noise(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

function close(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  );
}

/** Sends readings in the order given, one each 10 ms of the gateway's time behind the newest. */
function feed(rig: ModuleRig, readings: readonly Reading[]): Json[] {
  for (const { time, value } of readings) {
    const ahead = time - rig.timeMs;
    if (ahead > 0) {
      rig.timeMs += ahead;
      rig.monotonicMs += ahead;
    }
    rig.message({ device: 'd', time, x: value });
  }
  rig.stop();
  return rig.take();
}

function compare(results: readonly Json[], readings: readonly Reading[], lengthMs: number, slideMs: number): void {
  const expected = exactWindows(readings, lengthMs, slideMs);
  assert.deepEqual(
    results.map(({ start, end }) => [start, end]),
    expected.map(({ start, end }) => [start, end]),
  );
  for (const [index, exact] of expected.entries()) {
    const field = results[index]!['x'] as Field;
    assert.deepEqual([field.count, field.min, field.max], [exact.count, exact.min, exact.max]);
    close(field.mean, exact.mean, 1e-12, 'mean');
    if (exact.stddev === undefined) assert.equal(field.stddev, undefined);
    else close(field.stddev!, exact.stddev, 1e-9, 'stddev');
    const median = exact.sorted[Math.floor(0.5 * (exact.count - 1))]!;
    assert.ok(Math.abs(field.p50 - median) <= 0.01 * Math.abs(median) + 1e-9, `p50 ${field.p50}, not ${median}`);
  }
}

for (const target of TARGETS) {
  const open = (window: Json, more: Json = {}): ModuleRig => {
    const rig = new ModuleRig(ready.wasm(target));
    rig.timeMs = START;
    return rig.start({ windows: { w: { fields: ['x'], ...window } }, ...more });
  };

  test(`${target}: tumbling windows agree with statistics over the whole list`, () => {
    const random = noise(1);
    const readings = Array.from({ length: 2_000 }, (_, n) => ({
      time: START + n * 97,
      value: random.next().value * 200 - 50,
    }));
    compare(feed(open({ lengthMs: 5_000 }), readings), readings, 5_000, 5_000);
  });

  test(`${target}: sliding windows agree with statistics over the whole list, with gaps and a late order`, () => {
    const random = noise(2);
    const readings = Array.from({ length: 1_500 }, (_, n) => ({
      time: START + n * 50 + (n > 700 ? 60_000 : 0) + Math.floor(random.next().value * 800),
      value: 13 + random.next().value,
    }));
    compare(feed(open({ lengthMs: 6_000, slideMs: 1_000 }), readings), readings, 6_000, 1_000);
  });

  test(`${target}: the deviation keeps its digits where the mean is a billion times as large`, () => {
    const random = noise(3);
    const readings = Array.from({ length: 1_000 }, (_, n) => ({
      time: START + n * 10,
      value: 1e9 + random.next().value,
    }));
    for (const slideMs of [10_000, 1_000]) {
      const results = feed(open({ lengthMs: 10_000, slideMs }), readings);
      const [exact] = exactWindows(readings, 10_000, 10_000);
      const full = results.find(({ start }) => start === exact!.start)!['x'] as Field;
      close(full.stddev!, exact!.stddev!, 1e-6, 'stddev');
    }
  });

  test(`${target}: the start of a window belongs to it and its end does not, also before 1970`, () => {
    const results = feed(open({ lengthMs: 1_000 }), [
      { time: -1_000, value: 1 },
      { time: -1, value: 2 },
      { time: 0, value: 3 },
      { time: 999, value: 4 },
      { time: 1_000, value: 5 },
    ]);
    assert.deepEqual(
      results.map(({ start, x }) => [start, (x as Field).min, (x as Field).max]),
      [
        [-1_000, 1, 2],
        [0, 3, 4],
        [1_000, 5, 5],
      ],
    );
  });

  test(`${target}: a reading as late as allowed counts, a later one is counted as late`, () => {
    const rig = open({ lengthMs: 1_000 }, { latenessMs: 500 });
    for (const offset of [0, 900, 1_499, 999]) rig.message({ device: 'd', time: START + offset, x: offset });
    assert.deepEqual(rig.take(), []);
    rig.message({ device: 'd', time: START + 1_500, x: 1_500 });
    assert.equal((rig.take()[0]!['x'] as Field).count, 3);
    rig.message({ device: 'd', time: START + 999, x: -1 });
    rig.message({ device: 'd', time: START + 2_500, x: 2_500 });
    const [second] = rig.take();
    assert.deepEqual([second!['start'], second!['late'], (second!['x'] as Field).min], [START + 1_000, 1, 1_499]);
  });

  test(`${target}: a late reading still counts in the sliding windows that are open`, () => {
    const rig = open({ lengthMs: 3_000, slideMs: 1_000 }, { latenessMs: 0 });
    rig.message({ device: 'd', time: START, x: 1 });
    rig.message({ device: 'd', time: START + 1_000, x: 2 });
    rig.message({ device: 'd', time: START + 500, x: 3 });
    rig.message({ device: 'd', time: START + 2_000, x: 4 });
    const counts = rig.take().map(({ end, late, x }) => [(end as number) - START, late, (x as Field).count]);
    assert.deepEqual(counts, [
      [1_000, 0, 1],
      [2_000, 1, 3],
    ]);
  });

  test(`${target}: when readings stop, the clock closes the last window`, () => {
    const rig = open({ lengthMs: 10_000 }, { silenceMs: 2_000 });
    rig.message({ device: 'd', time: START, x: 1 });
    rig.advance(10_500);
    assert.deepEqual(rig.take(), []);
    rig.advance(1_000);
    assert.equal((rig.take()[0]!['x'] as Field).count, 1);
  });

  test(`${target}: a clock that is set back sends what is open and starts anew`, () => {
    const rig = open({ lengthMs: 10_000 });
    rig.message({ device: 'd', time: rig.timeMs, x: 1 });
    rig.timeMs -= 86_400_000;
    rig.message({ device: 'd', time: rig.timeMs, x: 2 });
    assert.equal((rig.take()[0]!['x'] as Field).max, 1);
    rig.stop();
    assert.equal((rig.take()[0]!['x'] as Field).max, 2);
  });

  test(`${target}: what was counted before the clock was set back is not counted again when that time returns`, () => {
    const rig = open({ lengthMs: 1_000 }, { latenessMs: 0, aheadMs: 0 });
    rig.message({ device: 'd', time: START, x: 1 });
    rig.timeMs -= 9_000;
    rig.message({ device: 'd', time: START - 9_000, x: 2 });
    rig.timeMs = START;
    rig.message({ device: 'd', time: START, x: 3 }).stop();
    assert.deepEqual(
      rig.take().map(({ start, x }) => [start, (x as Field).count, (x as Field).max]),
      [
        [START, 1, 1],
        [START - 9_000, 1, 2],
        [START, 1, 3],
      ],
    );
  });

  test(`${target}: readings far ahead of the clock, without time or no JSON are dropped and shown in the twin`, () => {
    const rig = open({ lengthMs: 1_000 });
    rig.message({ device: 'd', time: START + 60_001, x: 1 });
    rig.message({ device: 'd', x: 1 });
    rig.message('{"device":');
    rig.message('[1]');
    rig.advance(500);
    const { ahead, invalid } = rig.reported;
    assert.deepEqual([ahead, invalid], [1, 3]);
    rig.message({ device: 'd', time: START + 60_000, x: 1 }).stop();
    assert.equal(rig.take().length, 1);
  });

  test(`${target}: time can be that of arrival`, () => {
    const rig = open({ lengthMs: 1_000 }, { time: 'arrival', latenessMs: 0 });
    rig.message({ device: 'd', x: 1 });
    rig.advance(1_000).message({ device: 'd', x: 2 });
    assert.equal(rig.take()[0]!['start'], START);
  });
}

test.run();
