import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('anomaly-guard settings', { timeoutMs: 120_000 });
const ready = await readyModule('anomaly-guard');

const NAME = '1 to 64 of A-Z a-z 0-9 . _ -';
const ADDRESS = 'coil:N, N from 0 to 65535';
const rule = (more: Json): Json => ({ device: 'pump', rules: { r: { field: 'x', high: 1, ...more } } });
const learning = (more: Json): Json => ({
  device: 'pump',
  rules: { r: { field: 'x', zScore: 4, minDeviation: 1, ...more } },
});
const stop = (more: Json): Json => ({ ...rule({ stop: true }), stop: { address: 'coil:1', ...more } });
const whole = (low: number, high: number): string => `a whole number from ${low} to ${high}`;

/** Settings, and the place, expectation and value that are reported. */
const MISTAKES: [Json, string, string, unknown?][] = [
  [{ rules: { r: { field: 'x', high: 1 } } }, 'device', NAME],
  [{ device: 'pump' }, 'rules', 'an object'],
  [{ device: 'pump', rules: {} }, 'rules', '1 to 32 rules', {}],
  [{ device: 'pump', rules: { 'a b': { field: 'x', high: 1 } } }, 'rules.a b', NAME, 'a b'],
  [{ device: 'pump', rules: { r: true } }, 'rules.r', 'an object', true],
  [{ ...rule({}), limits: 1 }, 'limits', 'no such key', 1],
  [rule({ field: 5 }), 'rules.r.field', NAME, 5],
  [{ device: 'pump', rules: { r: { field: 'x' } } }, 'rules.r.high', 'high, low or zScore'],
  [rule({ high: '10' }), 'rules.r.high', 'a number', '10'],
  [rule({ low: null, high: [1] }), 'rules.r.high', 'a number', [1]],
  [rule({ hysteresis: -1 }), 'rules.r.hysteresis', 'a number from 0', -1],
  [rule({ low: 2 }), 'rules.r.hysteresis', 'at most half of high - low'],
  [rule({ low: 0, hysteresis: 0.6 }), 'rules.r.hysteresis', 'at most half of high - low', 0.6],
  [rule({ need: 0 }), 'rules.r.need', whole(1, 32), 0],
  [rule({ need: 3, of: 2 }), 'rules.r.of', whole(3, 32), 2],
  [rule({ of: 33 }), 'rules.r.of', whole(1, 32), 33],
  [rule({ severity: 'fatal' }), 'rules.r.severity', 'info, warning or critical', 'fatal'],
  [rule({ stop: 1 }), 'rules.r.stop', 'true or false', 1],
  [rule({ stop: true }), 'rules.r.stop', 'false without settings "stop"', true],
  [rule({ minDeviation: 1 }), 'rules.r.minDeviation', 'no such key', 1],
  [rule({ when: 'on' }), 'rules.r.when', 'an object', 'on'],
  [rule({ when: {} }), 'rules.r.when.field', NAME],
  [rule({ when: { field: 'on', above: 'x' } }), 'rules.r.when.above', 'a number', 'x'],
  [rule({ when: { field: 'on', forMs: -1 } }), 'rules.r.when.forMs', whole(0, 3_600_000), -1],
  [rule({ when: { field: 'on', below: 1 } }), 'rules.r.when.below', 'no such key', 1],
  [learning({ zScore: 0 }), 'rules.r.zScore', 'a number from 0.1 to 1000', 0],
  [learning({ high: 1 }), 'rules.r.high', 'no such key', 1],
  [{ device: 'pump', rules: { r: { field: 'x', zScore: 4 } } }, 'rules.r.minDeviation', 'a number from 1e-9'],
  [learning({ alpha: 2 }), 'rules.r.alpha', 'a number from 0.000001 to 1', 2],
  [learning({ warmUp: 1 }), 'rules.r.warmUp', whole(2, 1_000_000), 1],
  [learning({ hysteresis: 5 }), 'rules.r.hysteresis', 'at most half of high - low', 5],
  [stop({ address: 'holding:1' }), 'stop.address', ADDRESS, 'holding:1'],
  [stop({ address: 'coil:' }), 'stop.address', ADDRESS, 'coil:'],
  [stop({ address: 'coil:65536' }), 'stop.address', ADDRESS, 'coil:65536'],
  [stop({ address: 'coil:1x' }), 'stop.address', ADDRESS, 'coil:1x'],
  [stop({ value: 2 }), 'stop.value', whole(0, 1), 2],
  [stop({ expiryMs: 49 }), 'stop.expiryMs', whole(50, 60_000), 49],
  [stop({ recheckMs: 99 }), 'stop.recheckMs', whole(100, 3_600_000), 99],
  [stop({ coil: 1 }), 'stop.coil', 'no such key', 1],
];

for (const target of TARGETS) {
  test(`${target}: each mistake is reported with its place, what was expected and what came`, () => {
    for (const [settings, path, expected, got] of MISTAKES) {
      const rig = new ModuleRig(ready.wasm(target)).start(settings);
      const { error, status, inForce } = rig.reported['settings'] as { error: Json; status: string; inForce: string };
      assert.deepEqual([status, inForce], ['refused', 'none'], JSON.stringify(settings));
      assert.deepEqual(error, { path, expected, ...(got !== undefined && { got }) });
    }
  });

  test(`${target}: settings with a mistake leave the guard as it was, also over a restart`, () => {
    const rig = new ModuleRig(ready.wasm(target)).start(rule({}));
    rig.patch({ rules: { r: { high: 'x' }, s: { field: 'y', low: 0 } } });
    assert.equal((rig.reported['settings'] as Json)['inForce'], 'previous');
    const next = rig.restarted(ready.wasm(target)).start(rule({ high: 'x' }));
    assert.equal((next.reported['settings'] as Json)['inForce'], 'previous');
    for (const guard of [rig, next]) {
      guard.message({ device: 'pump', x: 2, y: -1 });
      assert.deepEqual(
        guard.take().map((anomaly) => anomaly['rule']),
        ['r'],
      );
    }
  });

  test(`${target}: 32 rules are accepted and one more is not`, () => {
    const rules = (count: number): Json =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`r${n}`, { field: `f${n}`, high: 1 }]));
    const rig = new ModuleRig(ready.wasm(target)).start({ device: 'pump', rules: rules(32) });
    assert.deepEqual(rig.reported['settings'], { status: 'accepted', errors: 0 });
    rig.desired({ device: 'pump', rules: rules(33) });
    assert.equal((rig.reported['settings'] as Json)['status'], 'refused');
  });

  test(`${target}: memory stays flat over 100,000 readings with an incident in every tenth`, () => {
    const rules = { r: { field: 'x', high: 10, stop: true }, z: { field: 'y', zScore: 6, minDeviation: 0.1 } };
    const rig = new ModuleRig(ready.wasm(target)).start({ device: 'pump', rules, stop: { address: 'coil:1' } });
    const count = target === 'release' ? 100_000 : 20_000;
    let settled = 0;
    for (let n = 0; n < count; n++) {
      rig.message({ device: 'pump', time: n, x: n % 10 === 0 ? 11 : 1, y: n % 7 });
      for (const { id } of rig.takeRequests()) rig.answer(id, -9);
      if (n % 1_000 === 0) rig.take();
      if (n === 5_000) settled = rig.module.memoryBytes;
    }
    assert.equal(rig.module.memoryBytes, settled);
    assert.ok(settled <= 131_072, `${settled} bytes`);
  });
}

test('the release build with its description is at most 24 KB', () => {
  assert.ok(ready.bytes <= 24_576, `${ready.bytes} bytes`);
});

test.run();
