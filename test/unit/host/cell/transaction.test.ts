import { EVENT, STATUS } from '../../../../host/src/abi/constants.ts';
import { TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TestCell } from '../../../lib/test-cell.ts';

const test = suite('event transactions');
const UPSTREAM = 'FROM /messages/modules/p/* INTO $upstream';
const GRANT = { device: 'pump', read: ['holding:0-9'], write: [], poll: [] };
const READ_PUMP = '\x03\x04\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00pump';

function puppetCell(): { cell: TestCell; p: number } {
  const cell = new TestCell();
  const p = cell.install('p', puppetWasm(['kv', 'modbus']), {
    kv: { bytes: 1_000 },
    modbus: [GRANT],
    polls: { pump: {} },
  });
  cell.routes(UPSTREAM);
  cell.cell.start(p);
  cell.takeEffects();
  return { cell, p };
}

/** One call of every kind that has an effect. */
const EVERYTHING: readonly Step[] = [
  ['poke', SCRATCH, READ_PUMP],
  ['poke', SCRATCH + 64, '{"a":1}'],
  ['message.emit', 1, 0, 0, 0, SCRATCH, 4],
  ['modbus.request', SCRATCH, READ_PUMP.length],
  ['twin.report', SCRATCH + 64, 7],
  ['timer.set', 3, 10, 0],
  ['kv.set', SCRATCH, 4, SCRATCH, 8],
];

test('[ABI-3.1] publishes every effect of an event together when it returns 0', () => {
  const { cell, p } = puppetCell();
  const { results } = pull(cell, p, ...EVERYTHING);
  assert.deepEqual(results, [STATUS.ok, 1, STATUS.ok, STATUS.ok, STATUS.ok]);
  const types = cell.takeEffects().map(({ type }) => type);
  assert.deepEqual(types, [TO_HOST.upstream, TO_HOST.request, TO_HOST.report, TO_HOST.upstream]);
  cell.advance(10);
  assert.equal(seen(cell, p)[0]?.getUint16(0, true), 3, 'the timer fires');
  assert.deepEqual(pull(cell, p, ['kv.get', SCRATCH, 4, SCRATCH + 200, 100]).results, [8], 'the state is written');
});

for (const [name, last] of [
  ['[ABI-3.3] discards every effect of an event that returns another value', ['return', 7]],
  ['[ABI-3.2] discards every effect of an event that traps', ['trap']],
] as const) {
  test(name, () => {
    const { cell, p } = puppetCell();
    assert.equal(pull(cell, p, ...EVERYTHING, last as Step).results, undefined);
    cell.advance(100);
    const kinds = seen(cell, p).map((frame) => frame.getUint16(0, true));
    assert.deepEqual(
      kinds.filter((kind) => kind !== EVENT.desired),
      [],
      'no timer fires',
    );
    const left = cell.takeEffects().filter(({ type }) => type !== TO_HOST.respond && type !== TO_HOST.upstream);
    assert.deepEqual(left, []);
    assert.deepEqual(pull(cell, p, ['poke', SCRATCH, READ_PUMP], ['kv.get', SCRATCH, 4, SCRATCH + 200, 100]).results, [
      STATUS.notFound,
    ]);
  });
}

test('[ABI-3.3] an instance goes on after refusing an event', () => {
  const { cell, p } = puppetCell();
  pull(cell, p, ['poke', SCRATCH + 500, 'kept'], ['return', 1]);
  assert.equal(cell.counters('p').refused, 1);
  assert.equal(cell.counters('p').trapped, 0);
  assert.equal(cell.state('p'), 'running');
});

test('[ABI-3.3] a refused direct method is answered with 500', () => {
  const { cell, p } = puppetCell();
  const { call } = pull(cell, p, ['return', 1]);
  const [answer] = cell.takeEffects(TO_HOST.respond);
  assert.deepEqual([answer?.a, answer?.b], [call, 500]);
});

test('[ABI-3.7] reads see what the same event wrote', () => {
  const { cell, p } = puppetCell();
  const { results } = pull(
    cell,
    p,
    ['poke', SCRATCH, 'keyvalue'],
    ['kv.get', SCRATCH, 3, SCRATCH + 100, 10],
    ['kv.set', SCRATCH, 3, SCRATCH + 3, 5],
    ['kv.get', SCRATCH, 3, SCRATCH + 100, 10],
    ['kv.remove', SCRATCH, 3],
    ['kv.get', SCRATCH, 3, SCRATCH + 100, 10],
  );
  assert.deepEqual(results, [STATUS.notFound, STATUS.ok, 5, STATUS.ok, STATUS.notFound]);
});

test('[ABI-3.6] log lines stay when the event traps', () => {
  const { cell, p } = puppetCell();
  pull(cell, p, ['poke', SCRATCH, 'before'], ['log.write', 6, SCRATCH, 6], ['trap']);
  assert.deepEqual(cell.takeLogs(), ['before']);
});

test('[ABI-3.7] device requests leave in the order in which they were made', () => {
  const { cell, p } = puppetCell();
  pull(cell, p, ['poke', SCRATCH, READ_PUMP], ['modbus.request', SCRATCH, 16], ['modbus.request', SCRATCH, 16]);
  assert.deepEqual(
    cell.takeEffects(TO_HOST.request).map(({ b }) => b),
    [1, 2],
  );
});

test('sequences have no gap for messages that were never published', () => {
  const { cell, p } = puppetCell();
  pull(cell, p, ['message.emit', 1, 0, 0, 0, 0, 4], ['return', 1]);
  pull(cell, p, ['message.emit', 1, 0, 0, 0, 0, 4]);
  const [frame] = cell.takeEffects(TO_HOST.upstream).filter(({ b }) => b === 1);
  assert.equal(new DataView(frame!.payload.buffer).getUint32(32, true), 2, 'the first was the desired event');
});

test.run();
