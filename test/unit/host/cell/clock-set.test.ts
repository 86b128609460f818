import { EVENT } from '../../../../host/src/abi/constants.ts';
import { decodeMessageRecord } from '../../../../host/src/abi/message-record.ts';
import { TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TestCell } from '../../../lib/test-cell.ts';

const test = suite('modules and a clock that is set');
const emit: Step = ['message.emit', 1, 0, 0, 0, SCRATCH, 8];
const LATER = Date.UTC(2026, 10, 1);

/** Two puppets, `a` sending to `b`, whose frames go upstream. */
function pair(): { cell: TestCell; a: number; b: number } {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  const b = cell.install('b', puppetWasm());
  cell.routes(
    'FROM /messages/modules/a/outputs/seen INTO BrokeredEndpoint("/modules/b/inputs/in")',
    'FROM /messages/modules/b/* INTO $upstream',
    'FROM /messages/modules/a/* INTO $upstream',
  );
  cell.cell.start(b);
  cell.cell.start(a);
  cell.settle();
  cell.takeEffects();
  return { cell, a, b };
}

const eventsOf = (cell: TestCell, slot: number, kind: number): DataView[] =>
  seen(cell, slot).filter((frame) => frame.getUint16(0, true) === kind);

for (const [title, setTo] of [
  ['forward', LATER],
  ['back', 5_000],
] as const) {
  test(`[ABI-5.4] emitted is as long ago as the message is old when the clock is set ${title} before it is delivered`, () => {
    const { cell, a, b } = pair();
    cell.cell.stop(b, 'removed');
    pull(cell, a, emit);
    cell.advance(2_000);
    cell.time = setTo;
    cell.cell.start(b);
    cell.settle();
    const [message] = eventsOf(cell, b, EVENT.message) as [DataView];
    assert.equal(message.getFloat64(8, true), setTo);
    assert.equal(message.getFloat64(40, true), setTo - 2_000);
    assert.equal(message.getFloat64(16, true), cell.monotonic, 'the monotonic time is that of the delivery');
  });
}

test('[ABI-5.4] emitted is what the clock of the sender said while nobody sets it', () => {
  const { cell, a, b } = pair();
  cell.cell.stop(b, 'removed');
  pull(cell, a, emit);
  const sentAt = cell.time;
  cell.advance(3_600_000);
  cell.time += 400;
  cell.cell.start(b);
  cell.settle();
  assert.equal(eventsOf(cell, b, EVENT.message)[0]?.getFloat64(40, true), sentAt);
});

test('a message for the hub leaves with both clocks of its sender', () => {
  const { cell, a } = pair();
  pull(cell, a, emit);
  const [frame] = cell.takeEffects(TO_HOST.upstream).filter(({ slot, b }) => slot === a && b === 1);
  const { emitted, emittedMonotonic } = decodeMessageRecord(frame!.payload);
  assert.deepEqual([emitted, emittedMonotonic], [cell.time, cell.monotonic]);
});

test('[ABI-4.7] timers come when they would have come, wherever the clock is set', () => {
  const { cell, b } = pair();
  pull(cell, b, ['timer.set', 0, 1_000, 1_000]);
  const timers = () => eventsOf(cell, b, EVENT.timer).length;
  for (const setTo of [LATER, 0, LATER + 365 * 86_400_000]) {
    cell.time = setTo;
    const before = timers();
    cell.advance(999);
    assert.equal(timers(), before);
    cell.advance(1);
    assert.equal(timers(), before + 1);
  }
});

test.run();
