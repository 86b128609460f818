import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('anomaly-guard limits', { timeoutMs: 120_000 });
const ready = await readyModule('anomaly-guard');

/** Feeds values and returns the index of each that raised (`+`) or cleared (`-`) the rule. */
function changes(rig: ModuleRig, values: readonly number[], field = 'x'): string[] {
  return values.flatMap((value, index) => {
    rig.message({ device: 'pump', time: rig.timeMs, [field]: value });
    return rig.take().map(({ state }) => (state === 'raised' ? '+' : '-') + index);
  });
}

for (const target of TARGETS) {
  const open = (rule: Json): ModuleRig =>
    new ModuleRig(ready.wasm(target)).start({ device: 'pump', rules: { r: { field: 'x', ...rule } } });

  test(`${target}: only what is beyond a limit is outside, and a limit less its hysteresis is inside`, () => {
    const above = 10 * (1 + Number.EPSILON);
    assert.deepEqual(changes(open({ high: 10 }), [10, above, 10]), ['+1', '-2']);
    assert.deepEqual(changes(open({ high: 10, hysteresis: 2 }), [11, 9, 8 + 1e-9, 8]), ['+0', '-3']);
    assert.deepEqual(changes(open({ low: -5 }), [-5, -5.0000001, -5]), ['+1', '-2']);
    assert.deepEqual(changes(open({ low: -5, hysteresis: 1 }), [-6, -4.5, -4]), ['+0', '-2']);
    assert.deepEqual(changes(open({ low: 0, high: 10, hysteresis: 5 }), [11, 5.1, 5]), ['+0', '-2']);
  });

  test(`${target}: an anomaly says what a person and a program need`, () => {
    const rig = open({ high: 10, hysteresis: 1, severity: 'critical' });
    rig.message({ device: 'pump', time: 77, x: 12.5 });
    rig.advance(1_000).message({ device: 'pump', time: 99, x: 9 });
    assert.deepEqual(rig.emitted, [
      {
        output: 'anomalies',
        body: {
          id: 'r-1700000000000',
          rule: 'r',
          device: 'pump',
          field: 'x',
          value: 12.5,
          limit: 10,
          severity: 'critical',
          time: 77,
          state: 'raised',
        },
      },
      {
        output: 'anomalies',
        body: {
          id: 'r-1700000000000',
          rule: 'r',
          device: 'pump',
          field: 'x',
          value: 9,
          limit: 10,
          severity: 'critical',
          time: 99,
          state: 'cleared',
        },
      },
    ]);
    assert.deepEqual(rig.reported['rules'], { r: 'cleared' });
  });

  test(`${target}: need of the last readings raise, all of them clear`, () => {
    const out = 11;
    assert.deepEqual(changes(open({ high: 10, need: 3, of: 5 }), [out, 1, out, 1, 1, out, out, 1, 1, 1, 1, 1]), [
      '+6',
      '-11',
    ]);
    assert.deepEqual(changes(open({ high: 10, need: 2 }), [out, 1, out, out, 1, out, 1, 1]), ['+3', '-7']);
    const wide = open({ high: 10, need: 32, of: 32 });
    assert.deepEqual(changes(wide, Array(31).fill(out)), []);
    assert.deepEqual(changes(wide, [out, ...Array(32).fill(1)]), ['+0', '-32']);
  });

  test(`${target}: readings of other devices, without the field or with no number in it change nothing`, () => {
    const rig = open({ high: 10, need: 2 });
    rig.message({ device: 'pump', x: 11 });
    for (const body of [
      { device: 'other', x: 11 },
      { x: 11 },
      { device: 'pump' },
      { device: 'pump', x: '11' },
      { device: 'pump', x: null },
    ]) {
      rig.message(body);
    }
    rig.message('{"device":"pump","x":11').message('[]');
    assert.deepEqual(rig.take(), []);
    rig.message({ device: 'pump', x: 11 });
    assert.equal(rig.take().length, 1);
  });

  test(`${target}: truth values are 0 and 1`, () => {
    const rig = open({ high: 0.5 });
    rig.message({ device: 'pump', x: false }).message({ device: 'pump', x: true });
    assert.equal(rig.take()[0]!['value'], 1);
  });

  test(`${target}: a rule with a condition judges only while that holds, and for long enough`, () => {
    const rig = open({ high: 10, when: { field: 'on', above: 0.5, forMs: 5_000 } });
    const send = (on: number, x = 11): number => {
      rig.message({ device: 'pump', on, x });
      return rig.take().length;
    };
    assert.equal(send(0), 0);
    assert.equal(send(1), 0);
    rig.advance(4_999);
    assert.equal(send(1), 0);
    rig.advance(1);
    assert.equal(send(1), 1, 'raised');
    assert.equal(send(0, 1), 0, 'a pump at rest clears nothing');
    assert.equal(send(1, 1), 0);
    rig.advance(5_000);
    assert.equal(send(1, 1), 1, 'cleared');
  });

  test(`${target}: a module that starts in the middle of a run judges at once`, () => {
    const rig = open({ high: 10, when: { field: 'on', forMs: 5_000 } });
    rig.message({ device: 'pump', on: 1, x: 11 });
    assert.equal(rig.take().length, 1);
  });

  test(`${target}: no two incidents have the same id, also in one millisecond and after the clock was set back`, () => {
    const rig = open({ high: 10 });
    const ids = new Set<unknown>();
    for (let n = 0; n < 10; n++) {
      if (n === 5) rig.timeMs -= 1_000_000;
      rig.message({ device: 'pump', x: 11 }).message({ device: 'pump', x: 1 });
    }
    const next = rig.restarted(ready.wasm(target)).start({ device: 'pump', rules: { r: { field: 'x', high: 10 } } });
    next.message({ device: 'pump', x: 11 });
    for (const { id } of [...rig.take(), ...next.take()]) ids.add(id);
    assert.equal(ids.size, 11);
  });

  test(`${target}: a rule that is raised stays so over a restart, and is not raised again`, () => {
    const settings = { device: 'pump', rules: { r: { field: 'x', high: 10 } } };
    const rig = open({ high: 10 }).message({ device: 'pump', time: 5, x: 11 });
    const [{ id }] = rig.take() as [Json];
    const next = rig.restarted(ready.wasm(target)).start(settings);
    assert.deepEqual(changes(next, [12, 1]), ['-1']);
    next.message({ device: 'pump', x: 11 });
    assert.notEqual(next.take()[0]!['id'], id);
  });

  test(`${target}: method reset clears a rule, which is raised again if readings still leave its limits`, () => {
    const rig = open({ high: 10 }).message({ device: 'pump', x: 11 });
    rig.take();
    assert.deepEqual(rig.method('reset', { rule: 'other' }), { status: 404, payload: { rules: 0 } });
    assert.deepEqual(rig.method('reset'), { status: 200, payload: { rules: 1 } });
    const [cleared] = rig.take();
    assert.deepEqual([cleared!['state'], cleared!['cause'], cleared!['value']], ['cleared', 'reset', null]);
    assert.deepEqual(changes(rig, [12]), ['+0']);
    assert.equal(rig.method('start').status, 404);
  });

  test(`${target}: a rule that new settings do not have is cleared`, () => {
    const rig = open({ high: 10 }).message({ device: 'pump', x: 11 });
    rig.take();
    rig.patch({ rules: { r: null, s: { field: 'y', low: 0 } } });
    assert.deepEqual([rig.take()[0]!['cause'], rig.reported['rules']], ['settings', {}]);
    assert.deepEqual(changes(rig, [-1], 'y'), ['+0']);
    assert.deepEqual([...rig.module.state.keys()].sort(), ['rule/s/y', 'settings']);
  });

  test(`${target}: a rule keeps its state when other settings change`, () => {
    const rig = open({ high: 10 }).message({ device: 'pump', x: 11 });
    rig.take();
    rig.patch({ rules: { s: { field: 'y', low: 0 }, r: { high: 9 } } });
    assert.deepEqual(changes(rig, [9.5, 1]), ['-1']);
  });
}

test.run();
