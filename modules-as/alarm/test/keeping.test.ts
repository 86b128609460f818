import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('alarm keeping', { timeoutMs: 120_000 });
const ready = await readyModule('alarm');
const anomaly = (rule: string, state: string, more: Json = {}): Json => ({
  id: `${rule}-1`,
  rule,
  device: 'pump',
  severity: 'warning',
  state,
  ...more,
});
const states = (rig: ModuleRig): unknown[] => rig.take().map(({ state }) => state);

/** Settings, and the place, expectation and value that are reported. */
const STEP = 'a whole number from 100 to 604800000, ascending';
const MISTAKES: [Json, string, string, unknown?][] = [
  [{ groupBy: 'site' }, 'groupBy', 'device or rule', 'site'],
  [{ holdOffMs: -1 }, 'holdOffMs', 'a whole number from 0 to 86400000', -1],
  [{ clearNeedsAcknowledge: 'yes' }, 'clearNeedsAcknowledge', 'true or false', 'yes'],
  [{ escalateAfterMs: 1_000 }, 'escalateAfterMs', 'a list of at most 4 times', 1_000],
  [
    { escalateAfterMs: [100, 200, 300, 400, 500] },
    'escalateAfterMs',
    'a list of at most 4 times',
    [100, 200, 300, 400, 500],
  ],
  [{ escalateAfterMs: [99] }, 'escalateAfterMs[0]', STEP, 99],
  [{ escalateAfterMs: [2_000, 2_000] }, 'escalateAfterMs[1]', STEP, 2_000],
  [{ escalateAfterMs: [604_800_001] }, 'escalateAfterMs[0]', STEP, 604_800_001],
  [{ escalate: [] }, 'escalate', 'no such key', []],
];

for (const target of TARGETS) {
  const wasm = ready.wasm(target);
  const open = (settings: Json = {}): ModuleRig => new ModuleRig(wasm).start(settings);

  test(`${target}: open alarms survive a restart with all they know, and their times go on`, () => {
    const settings = { escalateAfterMs: [10_000], holdOffMs: 5_000 };
    const rig = open(settings).message(
      anomaly('a', 'raised', { severity: 'critical', action: { state: 'confirmed' } }),
    );
    rig.message(anomaly('b', 'raised')).message(anomaly('b', 'cleared')).advance(8_000);
    const before = rig.method('list').payload;
    const next = rig.restarted(wasm).start(settings);
    assert.deepEqual(next.method('list').payload, before);
    next.advance(2_000);
    assert.deepEqual(states(next), ['escalated']);
    next.method('acknowledge', { id: 'pump-1700000000000', by: 'Ada' });
    next.message(anomaly('a', 'cleared')).advance(3_000);
    const last = next.restarted(wasm).start(settings).advance(1_999);
    assert.deepEqual(states(last), []);
    last.advance(1);
    const [cleared] = last.take();
    assert.deepEqual([cleared!['state'], cleared!['by'], cleared!['level']], ['cleared', 'Ada', 1]);
    assert.deepEqual([...last.module.state.keys()].sort(), ['alarms', 'settings']);
  });

  test(`${target}: a clock that was set back over a restart delays an escalation and does not lose it`, () => {
    const rig = open({ escalateAfterMs: [10_000] }).message(anomaly('a', 'raised'));
    const next = rig.restarted(wasm);
    next.timeMs -= 1e9;
    next.start({ escalateAfterMs: [10_000] }).advance(10_000);
    assert.deepEqual(states(next), ['escalated']);
  });

  test(`${target}: with 32 alarms open, anomalies of a further device are dropped and shown in the twin`, () => {
    const rig = open();
    for (let n = 0; n < 34; n++) rig.message(anomaly('a', 'raised', { device: `d${n}` }));
    assert.equal(rig.take().length, 32);
    assert.deepEqual([rig.reported['open'], rig.reported['dropped']], [32, 1]);
    rig
      .message(anomaly('a', 'cleared', { device: 'd0' }))
      .advance(5_000)
      .message(anomaly('a', 'raised', { device: 'd40' }));
    assert.deepEqual(states(rig), ['cleared', 'raised']);
  });

  test(`${target}: an alarm names at most 16 rules`, () => {
    const rig = open();
    for (let n = 0; n < 20; n++) rig.message(anomaly(`r${n}`, 'raised'));
    assert.equal((rig.take().at(-1)!['causes'] as Json[]).length, 16);
  });

  test(`${target}: what is no anomaly is counted and changes nothing`, () => {
    const rig = open();
    const good = anomaly('a', 'raised');
    for (const key of ['id', 'rule', 'device', 'severity', 'state']) rig.message({ ...good, [key]: 7 });
    rig
      .message({ ...good, severity: 'fatal' })
      .message({ ...good, rule: 'x'.repeat(129) })
      .message('{')
      .message('[]');
    assert.deepEqual(rig.take(), []);
    assert.equal(rig.reported['invalid'], 1, 'the first is news, the others are not worth a report each');
    assert.equal(rig.logs.length, 1);
    assert.ok(rig.logs[0]!.includes('gateway/sender/out'), rig.logs[0]);
  });

  test(`${target}: each mistake in the settings is reported with its place`, () => {
    for (const [settings, path, expected, got] of MISTAKES) {
      const rig = open(settings);
      const { error, status } = rig.reported['settings'] as { error: Json; status: string };
      assert.equal(status, 'refused', JSON.stringify(settings));
      assert.deepEqual(error, { path, expected, ...(got !== undefined && { got }) });
    }
  });

  test(`${target}: settings accepted last stay in force, also over a restart`, () => {
    const rig = open({ groupBy: 'rule' }).patch({ groupBy: 'site' });
    const next = rig.restarted(wasm).start({ groupBy: 'site' });
    for (const each of [rig, next]) {
      each.message(anomaly('a', 'raised')).message(anomaly('b', 'raised'));
      assert.deepEqual(states(each), ['raised', 'raised']);
    }
  });

  test(`${target}: memory stays flat over 100,000 anomalies`, () => {
    const rig = open({ holdOffMs: 0 });
    const count = target === 'release' ? 100_000 : 15_000;
    let settled = 0;
    for (let n = 0; n < count; n++) {
      rig.message(anomaly(`r${n % 5}`, n % 10 < 5 ? 'raised' : 'cleared', { id: `x-${n}` }));
      if (n % 1_000 === 0) rig.take();
      if (n === 10_000) settled = rig.module.memoryBytes;
    }
    assert.equal(rig.module.memoryBytes, settled);
    assert.ok(settled <= 262_144, `${settled} bytes`);
  });
}

test.run();
