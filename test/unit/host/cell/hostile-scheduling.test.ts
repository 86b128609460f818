import { STATUS } from '../../../../host/src/abi/constants.ts';
import { TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../../lib/wat.ts';

const test = suite('who runs, and when');
const RESULTS = 'FROM /messages/modules/a/outputs/results INTO $upstream';
const A_TO_B = 'FROM /messages/modules/a/outputs/seen INTO BrokeredEndpoint("/modules/b/inputs/in")';
const emit = (bytes: number): Step => ['message.emit', 1, 0, 0, 0, SCRATCH, bytes];
const isPaused = (cell: TestCell, id: string) =>
  cell.cell.status().modules.find((module) => module.id === id)?.isPaused;

/** `a` emits 100 bytes on `out` each millisecond into the input of `b`, which pauses it and never runs. */
function pausedProducer(): { cell: TestCell; a: number; b: number } {
  const cell = new TestCell();
  const producer = guestWat({
    imports: `${MESSAGE_IMPORTS} (import "timer" "set" (func $set (param i32 i32 i32) (result i32)))`,
    data: '(data (i32.const 0) "out")',
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then
        (drop (call $output (i32.const 0) (i32.const 3)))
        (return (call $set (i32.const 0) (i32.const 1) (i32.const 1)))))
      (if (i32.ne (local.get $kind) (i32.const 3)) (then (return (i32.const 0))))
      (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 100))`,
  });
  const a = cell.install('a', compileWat(producer), { limits: { ...DEFAULT_LIMITS, messageBytes: 256 } });
  const b = cell.install('b', puppetWasm(), { inputs: { in: { bytes: 1_024, policy: 'wait' } } });
  cell.routes('FROM /messages/modules/a/outputs/out INTO BrokeredEndpoint("/modules/b/inputs/in")');
  cell.cell.start(a);
  for (let n = 0; n < 20; n++) cell.advance(1);
  assert.equal(isPaused(cell, 'a'), true);
  return { cell, a, b };
}

test('a paused producer goes on when the route on which it waited is gone', () => {
  const { cell } = pausedProducer();
  const before = cell.counters('a').events;
  cell.routes('FROM /messages/modules/a/outputs/other INTO $upstream');
  for (let n = 0; n < 20; n++) cell.advance(1);
  assert.equal(isPaused(cell, 'a'), false);
  assert.equal(cell.counters('a').events, before + 20);
});

test('a paused producer goes on when the module for which it waited is removed', () => {
  const { cell, b } = pausedProducer();
  const before = cell.counters('a').events;
  cell.cell.remove(b);
  for (let n = 0; n < 20; n++) cell.advance(1);
  assert.equal(cell.counters('a').events, before + 20);
});

test('a module that is started by hand before its next attempt is started once', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  cell.cell.start(a);
  pull(cell, a, ['trap']);
  pull(cell, a, ['trap']);
  assert.equal(cell.state('a'), 'failed');
  cell.cell.start(a);
  cell.takeNotices();
  cell.advance(10_000);
  assert.deepEqual(cell.takeNotices(), []);
  assert.equal(cell.state('a'), 'running');
});

test('a removed module handles nothing any more', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  const b = cell.install('b', puppetWasm());
  cell.routes(A_TO_B, RESULTS, 'FROM /messages/modules/b/* INTO $upstream');
  for (const slot of [a, b]) cell.cell.start(slot);
  cell.settle();
  cell.takeEffects();
  pull(cell, b, ['timer.set', 0, 10, 10]);
  cell.takeEffects();
  cell.cell.remove(b);
  cell.advance(100);
  pull(cell, a, emit(8));
  assert.deepEqual(seen(cell, b), []);
});

test('[ABI-7.4] what a module said last is known before its next effects, also while the host does not listen', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  cell.routes('FROM /messages/modules/a/* INTO $upstream');
  cell.cell.start(a);
  cell.settle();
  cell.takeEffects();
  cell.takeNotices();
  // The ring of notices is full, as after a flood that nobody took.
  while (cell.notices.write(TO_HOST.log, a, 6, 0, 0, new Uint8Array(100)));
  cell.notices.commit();
  cell.call(a, 1, 'script__', '\x01\0\0\0');
  cell.settle();
  cell.advance(5);
  assert.deepEqual(cell.takeEffects(), [], 'the next instance waits until it is known that the first one failed');
  cell.takeNotices();
  cell.advance(5);
  const states = cell.takeNotices().flatMap((notice) => (notice.kind === 'state' ? [notice.state] : []));
  assert.deepEqual(states, ['failed', 'starting', 'running']);
});

test('log lines leave room for states', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm(), { limits: { ...DEFAULT_LIMITS, logLinesPerSecond: 1_000 } });
  cell.routes(RESULTS);
  cell.cell.start(a);
  const lines: Step[] = Array.from({ length: 60 }, () => ['log.write', 6, 100_000, 8_000]);
  const { results } = pull(cell, a, ...lines);
  assert.ok(results?.includes(STATUS.limit), `the ring has room for fewer: ${results?.join()}`);
  assert.ok(cell.notices.freeBytes > 30_000, `${cell.notices.freeBytes} bytes are free`);
});

test('[ABI-4.3] many refusals of one event cost nothing afterwards, and sequences go on', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  const b = cell.install('b', puppetWasm(), { inputs: { in: { bytes: 1_024, policy: 'wait' } } });
  cell.routes(A_TO_B, RESULTS, 'FROM /messages/modules/b/* INTO $upstream');
  cell.cell.start(a);
  cell.cell.stop(b, 'removed');
  const { results } = pull(cell, a, ...Array.from({ length: 50 }, () => emit(300)));
  assert.ok(results?.includes(STATUS.full));
  cell.cell.start(b);
  cell.settle();
  pull(cell, a, emit(301));
  const sequences = seen(cell, b)
    .filter((frame) => frame.getUint16(0, true) === 2)
    .map((frame) => Number(frame.getBigUint64(32, true)));
  assert.deepEqual(
    sequences,
    sequences.map((_, index) => index + (sequences[0] as number)),
  );
});

test.run();
