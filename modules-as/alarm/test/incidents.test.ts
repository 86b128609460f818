import { assert, suite } from '../../../test/lib/suite.ts';
import { type Json, ModuleRig, readyModule, TARGETS } from '../../test-lib/module-rig.ts';

const test = suite('alarm incidents', { timeoutMs: 120_000 });
const ready = await readyModule('alarm');

/** An anomaly as `anomaly-guard` sends it. */
const anomaly = (rule: string, state: 'raised' | 'cleared', more: Json = {}): Json => ({
  id: `${rule}-1`,
  rule,
  device: 'pump',
  field: 'x',
  value: 1,
  limit: 0,
  severity: 'warning',
  time: 5,
  state,
  ...more,
});
const states = (rig: ModuleRig): unknown[] => rig.take().map(({ state }) => state);

for (const target of TARGETS) {
  const open = (settings: Json = {}): ModuleRig => new ModuleRig(ready.wasm(target)).start(settings);

  test(`${target}: the first anomaly raises an alarm`, () => {
    const rig = open().message(anomaly('high', 'raised', { action: { state: 'requested' } }));
    assert.deepEqual(rig.emitted, [
      {
        output: 'alarms',
        body: {
          id: 'pump-1700000000000',
          device: 'pump',
          state: 'raised',
          severity: 'warning',
          level: 0,
          since: 1_700_000_000_000,
          time: 1_700_000_000_000,
          acknowledged: false,
          causes: [{ rule: 'high', anomaly: 'high-1', raised: true, action: 'requested' }],
        },
      },
    ]);
    assert.equal(rig.reported['open'], 1);
  });

  test(`${target}: further rules of the device join the same alarm and take its severity up, never down`, () => {
    const rig = open().message(anomaly('a', 'raised'));
    rig.message(anomaly('b', 'raised', { severity: 'critical' })).message(anomaly('c', 'raised', { severity: 'info' }));
    const alarms = rig.take();
    assert.deepEqual(
      alarms.map(({ id, state, severity, causes }) => [id, state, severity, (causes as Json[]).length]),
      [
        ['pump-1700000000000', 'raised', 'warning', 1],
        ['pump-1700000000000', 'updated', 'critical', 2],
        ['pump-1700000000000', 'updated', 'critical', 3],
      ],
    );
  });

  test(`${target}: the same anomaly again is no news, what is done about it is`, () => {
    const rig = open().message(anomaly('a', 'raised', { action: { state: 'requested' } }));
    rig.message(anomaly('a', 'raised', { action: { state: 'requested' } })).message(anomaly('a', 'raised'));
    rig.message(anomaly('a', 'raised', { action: { state: 'confirmed' } }));
    assert.deepEqual(states(rig), ['raised', 'updated']);
  });

  test(`${target}: devices have alarms of their own, and so have rules if set`, () => {
    const rig = open()
      .message(anomaly('a', 'raised'))
      .message(anomaly('a', 'raised', { device: 'other' }));
    assert.deepEqual(states(rig), ['raised', 'raised']);
    const byRule = open({ groupBy: 'rule' }).message(anomaly('a', 'raised')).message(anomaly('b', 'raised'));
    const ids = byRule.take().map(({ id }) => id);
    assert.equal(new Set(ids).size, 2);
  });

  test(`${target}: an alarm ends when all its rules were quiet for the hold-off`, () => {
    const rig = open({ holdOffMs: 5_000 }).message(anomaly('a', 'raised')).message(anomaly('b', 'raised'));
    rig.message(anomaly('a', 'cleared')).advance(20_000).message(anomaly('b', 'cleared'));
    rig.advance(4_999);
    assert.deepEqual(states(rig), ['raised', 'updated']);
    rig.advance(1);
    assert.deepEqual(states(rig), ['cleared']);
    assert.equal(rig.reported['open'], 0);
    rig.message(anomaly('a', 'raised'));
    assert.notEqual(rig.take()[0]!['id'], 'pump-1700000000000');
  });

  test(`${target}: a rule that comes back within the hold-off goes on with the same alarm and starts it again`, () => {
    const rig = open({ holdOffMs: 5_000, escalateAfterMs: [] }).message(anomaly('a', 'raised'));
    for (let n = 0; n < 10; n++) {
      rig
        .message(anomaly('a', 'cleared'))
        .advance(4_000)
        .message(anomaly('a', 'raised', { id: `a-${n}` }))
        .advance(100);
    }
    rig.advance(30_000);
    assert.deepEqual(states(rig), ['raised']);
    rig.message(anomaly('a', 'cleared')).advance(5_000);
    assert.deepEqual(states(rig), ['cleared']);
  });

  test(`${target}: without hold-off an alarm ends at once`, () => {
    const rig = open({ holdOffMs: 0 }).message(anomaly('a', 'raised')).message(anomaly('a', 'cleared'));
    assert.deepEqual(states(rig), ['raised', 'cleared']);
  });

  test(`${target}: what nobody acknowledges is escalated step by step`, () => {
    const rig = open({ escalateAfterMs: [1_000, 3_000] }).message(anomaly('a', 'raised'));
    rig.advance(999);
    assert.deepEqual(states(rig), ['raised']);
    rig.advance(1);
    assert.deepEqual(
      rig.take().map(({ state, level }) => [state, level]),
      [['escalated', 1]],
    );
    rig.advance(100_000);
    assert.deepEqual(
      rig.take().map(({ state, level }) => [state, level]),
      [['escalated', 2]],
    );
  });

  test(`${target}: acknowledging ends escalation and not the alarm`, () => {
    const rig = open({ escalateAfterMs: [1_000] }).message(anomaly('a', 'raised'));
    const { status, payload } = rig.method('acknowledge', { id: 'pump-1700000000000', by: 'Ada' });
    assert.deepEqual([status, (payload as Json)['state'], (payload as Json)['by']], [200, 'acknowledged', 'Ada']);
    assert.equal(rig.method('acknowledge', { id: 'pump-1700000000000', by: 'Bob' }).status, 200);
    rig.advance(10_000).message(anomaly('a', 'cleared')).advance(5_000);
    const alarms = rig.take();
    assert.deepEqual(
      alarms.map(({ state, by }) => [state, by]),
      [
        ['raised', undefined],
        ['acknowledged', 'Ada'],
        ['cleared', 'Ada'],
      ],
    );
  });

  test(`${target}: an alarm that needs it stays until it is acknowledged`, () => {
    const rig = open({ clearNeedsAcknowledge: true, escalateAfterMs: [] }).message(anomaly('a', 'raised'));
    rig.message(anomaly('a', 'cleared')).advance(60_000);
    assert.deepEqual(states(rig), ['raised']);
    rig.method('acknowledge', { id: 'pump-1700000000000' });
    assert.deepEqual(states(rig), ['acknowledged', 'cleared']);
  });

  test(`${target}: an alarm whose rules will never clear can be closed by hand`, () => {
    const rig = open().message(anomaly('a', 'raised'));
    assert.equal(rig.method('acknowledge', { id: 'pump-1700000000000', close: true }).status, 200);
    assert.deepEqual(states(rig), ['raised', 'acknowledged', 'cleared']);
    assert.equal(rig.module.state.has('alarm/pump-1700000000000'), false);
  });

  test(`${target}: methods refuse what they cannot use`, () => {
    const rig = open().message(anomaly('a', 'raised'));
    assert.equal(rig.method('acknowledge').status, 400);
    assert.equal(rig.method('acknowledge', { id: 5 }).status, 400);
    assert.equal(rig.method('acknowledge', { id: 'pump-1700000000000', by: 'x'.repeat(129) }).status, 400);
    assert.equal(rig.method('acknowledge', { id: 'pump-1' }).status, 404);
    assert.equal(rig.method('snooze').status, 404);
  });

  test(`${target}: method list shows the open alarms`, () => {
    const rig = open()
      .message(anomaly('a', 'raised'))
      .message(anomaly('a', 'raised', { device: 'other' }));
    const { alarms } = rig.method('list').payload as { alarms: Json[] };
    assert.deepEqual(
      alarms.map(({ id, state }) => [id, state]),
      [
        ['pump-1700000000000', 'raised'],
        ['other-1700000000001', 'raised'],
      ],
    );
  });
}

test.run();
