import { STATUS } from '../../../../host/src/abi/constants.ts';
import { TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { EVENT_FUEL } from '../../../../host/src/cell/delivery.ts';
import type { ModuleStatus } from '../../../../host/src/cell/status.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';
import { guestWat } from '../../../lib/wat.ts';
import { failingWat, workerWat } from '../../../lib/worker-wat.ts';

const test = suite('fuel of a call, and by time');
const emit: Step = ['message.emit', 1, 0, 0, 0, SCRATCH, 8];
/** Turns of a loop that cost about 100,000 units of fuel. */
const LOOPS = 20_000;

const statusOf = (cell: TestCell, id: string): ModuleStatus => {
  const found = cell.cell.status().modules.find((module) => module.id === id);
  assert.ok(found !== undefined);
  return found;
};
const failures = (cell: TestCell) =>
  cell.takeNotices().flatMap((notice) => (notice.kind === 'state' && notice.code !== undefined ? [notice] : []));

/** A puppet `a` whose messages go to `b`. */
function feeding(
  wat: string | Uint8Array,
  limits: Partial<typeof DEFAULT_LIMITS> = {},
): { cell: TestCell; a: number; b: number } {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  const b = cell.install('b', wat, { limits: { ...DEFAULT_LIMITS, ...limits } });
  cell.cell.start(a);
  cell.settle();
  cell.routes(
    'FROM /messages/modules/a/outputs/seen INTO BrokeredEndpoint("/modules/b/inputs/in")',
    'FROM /messages/* INTO $upstream',
  );
  cell.cell.start(b);
  cell.settle();
  return { cell, a, b };
}

test('a call that needs more fuel than one may traps with a code of its own, as its whole budget', () => {
  const { cell, a } = feeding(failingWat('(loop $for_ever (br $for_ever))'), { fuelPerCall: 50_000 });
  cell.takeNotices();
  const before = statusOf(cell, 'b').fuelUsed;
  pull(cell, a, emit);
  const [failure] = failures(cell);
  assert.equal(failure?.code, 'MODULE_OUT_OF_FUEL');
  assert.ok(failure?.text?.startsWith('more than 50000 units of fuel in one call'), failure?.text);
  const { trapped, outOfFuel, outOfStack } = cell.counters('b');
  assert.deepEqual([trapped, outOfFuel, outOfStack], [2, 2, 0]);
  const restarts = statusOf(cell, 'b').fuelUsed - before - 2 * 50_000;
  assert.ok(restarts > 0 && restarts < 50_000, `the rest, ${restarts}, is for starting twice`);
});

test('a call that needs more stack than one may traps with a code of its own', () => {
  const { cell, a } = feeding(failingWat('(call $fail) (drop (memory.size)) '), { stackBytes: 8_192 });
  cell.takeNotices();
  pull(cell, a, emit);
  const [failure] = failures(cell);
  assert.equal(failure?.code, 'MODULE_OUT_OF_STACK');
  assert.ok(failure?.text?.startsWith('more than 8192 bytes of stack in one call'), failure?.text);
  const { trapped, outOfFuel, outOfStack } = cell.counters('b');
  assert.deepEqual([trapped, outOfFuel, outOfStack], [2, 0, 2]);
});

test("a module's own trap is told apart from the ends of fuel and stack", () => {
  const { cell, a } = feeding(failingWat('unreachable'));
  pull(cell, a, emit);
  const { trapped, outOfFuel, outOfStack } = cell.counters('b');
  assert.deepEqual([trapped, outOfFuel, outOfStack], [2, 0, 0]);
});

test('words of an abort do not hide that a module ran out of fuel', () => {
  const zeros = '(i32.const 0) '.repeat(6);
  const { cell, a } = feeding(failingWat(`(drop (call $abort ${zeros})) (loop $for_ever (br $for_ever))`));
  cell.takeNotices();
  pull(cell, a, emit);
  assert.equal(failures(cell)[0]?.code, 'MODULE_OUT_OF_FUEL');
});

test('[ABI-1.4] a start function runs first, once, under the same limits as anything else', () => {
  const cell = new TestCell();
  const wat = (start: string): string =>
    guestWat({
      functions: `(global $n (mut i32) (i32.const 0)) (func $begin ${start}) (start $begin)`,
      handle: '(i32.sub (global.get $n) (i32.const 1))',
    });
  cell.cell.start(cell.install('once', wat('(global.set $n (i32.add (global.get $n) (i32.const 1)))')));
  cell.cell.start(cell.install('endless', wat('(loop $for_ever (br $for_ever))')));
  assert.equal(cell.counters('once').refused, 0, 'it refuses every event unless it began once');
  assert.equal(cell.state('endless'), 'failed');
  assert.equal(cell.counters('endless').outOfFuel, 1);
  assert.equal(statusOf(cell, 'endless').fuelUsed, DEFAULT_LIMITS.fuelPerCall);
});

test('the same events cost the same fuel, and each at least what the host does for it', () => {
  const used = (events: number): number => {
    const { cell, a } = feeding(workerWat({ loops: 1_000 }));
    const before = statusOf(cell, 'b').fuelUsed;
    pull(cell, a, ...Array<Step>(events).fill(emit));
    return statusOf(cell, 'b').fuelUsed - before;
  };
  const one = used(1);
  assert.ok(one > 1_000 + EVENT_FUEL, `${one}`);
  assert.equal(used(10), 10 * one);
  assert.equal(used(10), 10 * one);
});

test('a module in debt is paused with its reason, and goes on when the debt is paid', () => {
  // Each message costs somewhat more than 100,000 units, what there is in a tenth of a second.
  const { cell, a } = feeding(workerWat({ loops: LOOPS }), { fuelPerSecond: 1_000_000, fuelBurst: 50_000 });
  cell.advance(1_000);
  const before = cell.counters('b').events;
  pull(cell, a, emit, emit, emit);
  assert.equal(cell.counters('b').events, before + 1, 'the first one took it into debt');
  const paused = statusOf(cell, 'b');
  assert.deepEqual([paused.isPaused, paused.pausedBy, paused.counters.fuelPauses], [true, 'fuel', 1]);
  assert.equal(paused.queues[0]?.waiting, 2);
  cell.advance(49);
  assert.equal(cell.counters('b').events, before + 1);
  for (let ms = 49; ms < 2_000; ms++) cell.advance(1);
  assert.equal(cell.counters('b').events, before + 3);
  assert.equal(statusOf(cell, 'b').isPaused, false);
  assert.equal(statusOf(cell, 'b').pausedBy, undefined);
});

test('in the long run a module gets its fuel a second and not more', () => {
  const fuelPerSecond = 5_000_000;
  const { cell } = feeding(workerWat({ loops: LOOPS, timerMs: 1 }), { fuelPerSecond, fuelBurst: 1_000_000 });
  for (let ms = 0; ms < 1_000; ms++) cell.advance(1);
  const before = statusOf(cell, 'b').fuelUsed;
  for (let ms = 0; ms < 10_000; ms++) cell.advance(1);
  const share = (statusOf(cell, 'b').fuelUsed - before) / 10 / fuelPerSecond;
  assert.ok(share > 0.97 && share < 1.03, `${share}`);
  const { fuelLastSecond } = statusOf(cell, 'b');
  assert.ok(fuelLastSecond > 0.9 * fuelPerSecond && fuelLastSecond < 1.1 * fuelPerSecond, `${fuelLastSecond}`);
});

test('the neighbours of a module in debt go on, and its input does what its policy says', () => {
  const { cell, a } = feeding(workerWat({ loops: LOOPS }), { fuelPerSecond: 1, fuelBurst: 1 });
  cell.advance(1_000);
  const own = (): number => seen(cell, a).length;
  for (let n = 0; n < 20; n++) {
    const { results } = pull(cell, a, ...Array<Step>(100).fill(emit));
    assert.deepEqual(new Set(results), new Set([STATUS.ok]));
    cell.takeEffects();
  }
  assert.equal(own(), 0, 'nothing of a is sent upstream but its results');
  const queue = statusOf(cell, 'b').queues[0];
  assert.ok((queue?.dropped ?? 0) > 1_000, `drop-oldest is the default, ${queue?.dropped} dropped`);
});

test('a producer waits for a module in debt where the policy says so', () => {
  const cell = new TestCell();
  const limits = { ...DEFAULT_LIMITS, messageBytes: 256 };
  const a = cell.install('a', puppetWasm(), { limits });
  const b = cell.install('b', workerWat({ loops: LOOPS }), {
    limits: { ...DEFAULT_LIMITS, fuelPerSecond: 1_000_000, fuelBurst: 1 },
    inputs: { in: { bytes: 2_048, policy: 'wait' } },
  });
  cell.routes('FROM /messages/modules/a/outputs/seen INTO BrokeredEndpoint("/modules/b/inputs/in")');
  for (const slot of [b, a]) cell.cell.start(slot);
  cell.advance(1_000);
  pull(cell, a, ['timer.set', 0, 1, 1]);
  for (let ms = 0; ms < 50; ms++) cell.advance(1);
  assert.equal(statusOf(cell, 'a').pausedBy, 'room');
  const { events } = cell.counters('a');
  for (let ms = 0; ms < 2_000; ms++) cell.advance(1);
  assert.ok(cell.counters('a').events > events + 10, 'as b gets on, so does a');
  assert.equal(statusOf(cell, 'b').queues[0]?.dropped, 0);
});

test('timers, methods and answers wait until a debt is paid', () => {
  const cell = new TestCell();
  const grant = { device: 'pump', read: ['holding:0-3'], write: [], poll: [] };
  const a = cell.install('a', puppetWasm(['modbus']), {
    modbus: [grant],
    polls: { pump: {} },
    limits: { ...DEFAULT_LIMITS, fuelPerSecond: 100_000, fuelBurst: 100_000 },
  });
  cell.routes('FROM /messages/* INTO $upstream');
  cell.cell.start(a);
  cell.advance(1_000);
  cell.takeEffects();
  // Writes of many bytes are expensive: this one event takes it into debt.
  const read: Step[] = [
    ['poke', SCRATCH, '\x03\x04\0\0\x01\0\0\0\0\0\0\0pump'],
    ['modbus.request', SCRATCH, 16],
    ['timer.set', 0, 1, 0],
  ];
  pull(cell, a, ...read, ...Array<Step>(2_000).fill(['timer.clear', 1]));
  assert.equal(statusOf(cell, 'a').pausedBy, 'fuel');
  cell.takeEffects();
  const { events } = cell.counters('a');
  cell.answer(a, 1, 1, STATUS.ok, 0, new Uint8Array(8));
  cell.call(a, 99, 'script__', '\0'.repeat(32));
  cell.advance(2);
  assert.equal(cell.counters('a').events, events);
  assert.equal(statusOf(cell, 'a').pausedBy, 'fuel');
  cell.advance(100_000);
  assert.equal(cell.counters('a').events, events + 3);
  const kinds = cell
    .takeEffects(TO_HOST.upstream)
    .filter(({ b }) => b === 1)
    .map(({ payload }) => new DataView(payload.buffer, payload.byteOffset + 56).getUint16(0, true));
  assert.deepEqual(kinds, [6, 3], 'the answer, then the timer; the method came in between');
});

test('a module that trapped into debt is started again when the debt is paid', () => {
  const limits = { fuelPerCall: 1_000_000, fuelPerSecond: 100_000, fuelBurst: 100_000 };
  const { cell, a } = feeding(failingWat('(loop $for_ever (br $for_ever))'), limits);
  cell.advance(1_000);
  cell.takeNotices();
  pull(cell, a, emit);
  const [failure] = failures(cell);
  assert.ok((failure?.retryInMs ?? 0) >= 9_000 && (failure?.retryInMs ?? 0) <= 10_000, `${failure?.retryInMs} ms`);
  assert.equal(cell.state('b'), 'failed');
  cell.advance(8_000);
  assert.equal(cell.state('b'), 'failed');
  cell.advance(2_100);
  assert.equal(cell.counters('b').outOfFuel, 2, 'the message is delivered once more');
});

test('reading JSON is charged to the module whose text it is, and ends in one event when that is much', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm(), { limits: { ...DEFAULT_LIMITS, fuelPerCall: 300_000 } });
  cell.routes('FROM /messages/modules/a/outputs/results INTO $upstream');
  cell.cell.start(a);
  cell.settle();
  const patch = JSON.stringify({ text: 'x'.repeat(1_000) });
  const before = statusOf(cell, 'a').fuelUsed;
  const report: Step = ['twin.report', SCRATCH, patch.length];
  const { call } = pull(cell, a, ['poke', SCRATCH, patch], ...Array<Step>(4).fill(report));
  assert.ok(call > 0);
  const { jsonLimit, twinLimit, emitted } = cell.counters('a');
  assert.ok(jsonLimit > 1, 'the later ones are too many for one event');
  assert.equal(twinLimit, 0);
  assert.equal(emitted, 1, 'and so is the message with their results');
  assert.ok(statusOf(cell, 'a').fuelUsed - before > 2 * 100 * patch.length);
  pull(cell, a, ['poke', SCRATCH, patch], report);
  assert.equal(cell.counters('a').jsonLimit, jsonLimit, 'the next event may again');
});

test('[ABI-4.5] properties are charged by their number, those of a block that breaks a rule as the most there may be', () => {
  const used = (block: string, emits: number): number => {
    const cell = new TestCell();
    const a = cell.install('a', puppetWasm());
    cell.cell.start(a);
    cell.settle();
    const step: Step = ['message.emit', 1, 0, SCRATCH, block.length, 0, 0];
    const before = statusOf(cell, 'a').fuelUsed;
    pull(cell, a, ['poke', SCRATCH, block], ...Array<Step>(emits).fill(step));
    return statusOf(cell, 'a').fuelUsed - before;
  };
  const costOf = (block: string): number => (used(block, 11) - used(block, 1)) / 10;
  const one = costOf('\x01\0\x01\0ab');
  const three = costOf('\x01\0\x01\0ab\x01\0\x01\0bb\x01\0\x01\0cb');
  assert.ok(three - one >= 2_000 && three - one < 2_100, `${three - one}`);
  assert.ok(costOf('\x01\0\x02\0ab') > 64_000);
});

test('once many properties were read for one event, no more are', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm(), { limits: { ...DEFAULT_LIMITS, fuelPerCall: 100_000 } });
  cell.cell.start(a);
  cell.settle();
  const forged: Step = ['message.emit', 1, 0, SCRATCH, 6, 0, 0];
  pull(cell, a, ['poke', SCRATCH, '\x01\0\x02\0ab'], ...Array<Step>(6).fill(forged));
  const { invalid, jsonLimit } = cell.counters('a');
  assert.equal(invalid, 2);
  assert.ok(jsonLimit >= 4);
});

test('[ABI-4.9] a text that is not JSON is charged for what refusing it takes', () => {
  const used = (text: string): number => {
    const cell = new TestCell();
    const a = cell.install('a', puppetWasm());
    cell.cell.start(a);
    cell.settle();
    const before = statusOf(cell, 'a').fuelUsed;
    const steps: Step[] = [
      ['method.respond', 77, 200, SCRATCH, text.length],
      ['twin.report', SCRATCH, text.length],
    ];
    pull(cell, a, ['poke', SCRATCH, text], ...steps);
    return statusOf(cell, 'a').fuelUsed - before;
  };
  assert.ok(used('{]') - used('{}') > 2 * 20_000 - 1_000);
});

test('an operator hears of a module in debt once a minute, with the number of pauses', () => {
  const limits = { fuelPerSecond: 1_000_000, fuelBurst: 1 };
  const { cell } = feeding(workerWat({ loops: LOOPS, timerMs: 10 }), limits);
  cell.takeNotices();
  for (let n = 0; n < 700; n++) cell.advance(100);
  const heard = cell.takeNotices().flatMap((notice) => (notice.kind === 'event' ? [notice] : []));
  assert.deepEqual(new Set(heard.map(({ code }) => code)), new Set(['LIMIT_FUEL']));
  assert.equal(heard.length, 2);
});

test.run();
