import { STATUS } from '../../../../host/src/abi/constants.ts';
import { encodeMessage } from '../../../../host/src/abi/frames.ts';
import { decodeMessageRecord } from '../../../../host/src/abi/message-record.ts';
import { Flow } from '../../../../host/src/bridge/flow.ts';
import { INBOUND, TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, type SentFrame, TestCell } from '../../../lib/test-cell.ts';

const test = suite('messages from and to other cells');
const RESULTS = 'FROM /messages/modules/a/outputs/results INTO $upstream';
const emit = (bytes: number): Step => ['message.emit', 2, 0, 0, 0, SCRATCH, bytes];
const into = (module: string) =>
  `FROM /messages/modules/a/outputs/forward INTO BrokeredEndpoint("/modules/${module}/inputs/in")`;
const CAPACITY = 256;
const WAITING = { input: 'in', bytes: CAPACITY, policy: 'wait' } as const;
const DROPPING = { input: 'in', bytes: CAPACITY, policy: 'drop-oldest' } as const;
/** What a message of 8 bytes uses of a queue. */
const ENTRY = 56 + 8 + 8;

/** A cell with `a`, whose output `seen` leads to `b` of another cell, whose input pauses producers. */
function cellOfA(...more: string[]): { cell: TestCell; a: number; flow: Flow } {
  const flow = Flow.create(1, 2);
  const cell = new TestCell({ table: flow, producer: 1 });
  const a = cell.install('a', puppetWasm(), { limits: { ...DEFAULT_LIMITS, messageBytes: 64 } });
  cell.routesAcross(
    [
      { module: 'b', ...WAITING, flow: 0 },
      { module: 'c', ...DROPPING },
    ],
    RESULTS,
    into('b'),
    ...more,
  );
  cell.cell.start(a);
  return { cell, a, flow };
}

const messages = (cell: TestCell): SentFrame[] => cell.takeEffects(TO_HOST.message);

/** The message of a frame, and the routes that lead on. */
function read({ payload, b: count }: SentFrame) {
  const length = payload.byteLength - 4 * count;
  const view = new DataView(payload.buffer, payload.byteOffset + length);
  const routes = Array.from({ length: count }, (_, at) => view.getUint32(4 * at, true));
  return { routes, ...decodeMessageRecord(payload.subarray(0, length)), hops: payload[3] };
}

test('a message leaves once for all inputs of other cells, with the routes that lead there', () => {
  const { cell, a } = cellOfA(into('c'), into('nobody'));
  assert.deepEqual(pull(cell, a, ['poke', SCRATCH, 'abcdefgh'], emit(8)).results, [STATUS.ok]);
  const [frame, ...rest] = messages(cell);
  assert.equal(rest.length, 0);
  const { routes, body, sequence, hops } = read(frame as SentFrame);
  assert.deepEqual(routes, [1, 2]);
  assert.equal(new TextDecoder().decode(body), 'abcdefgh');
  assert.deepEqual([sequence, hops], [1, 1]);
});

for (const end of [['trap'], ['return', 7]] as const) {
  test(`[ABI-3.2] an event that ends with ${end[0]} sends nothing to other cells, and what it had set aside is free again`, () => {
    const { cell, a, flow } = cellOfA(into('c'));
    pull(cell, a, emit(8), emit(8), end);
    assert.deepEqual(messages(cell), []);
    assert.equal(flow.used(0), 0);
    pull(cell, a, emit(8));
    assert.equal(read(messages(cell)[0] as SentFrame).sequence, 1);
    assert.equal(flow.used(0), ENTRY);
  });
}

test('[ABI-4.3] emit returns full when what waits in the other cell and is on its way leaves no room', () => {
  const { cell, a, flow } = cellOfA();
  flow.setSent(0, 0, CAPACITY - 2 * ENTRY);
  assert.deepEqual(pull(cell, a, emit(8), emit(8), emit(8)).results, [STATUS.ok, STATUS.ok, STATUS.full]);
  assert.equal(messages(cell).length, 2);
  assert.equal(flow.used(0), CAPACITY);
  assert.equal(cell.counters('a').queueFull, 1);
});

test('a producer is paused while the other cell has no room, and goes on by itself when it has', () => {
  const { cell, a, flow } = cellOfA();
  flow.setSent(0, 0, CAPACITY);
  pull(cell, a, emit(8));
  const isPaused = () => cell.cell.status().modules[0]?.isPaused;
  assert.equal(isPaused(), true);
  assert.deepEqual(messages(cell), []);
  flow.consume(0, CAPACITY);
  cell.advance(1);
  assert.equal(isPaused(), false);
  assert.equal(messages(cell).length, 1);
});

test('a message that finds no room in one of its inputs reaches none, and sets nothing aside', () => {
  const flow = Flow.create(2, 2);
  const cell = new TestCell({ table: flow, producer: 1 });
  const a = cell.install('a', puppetWasm(), { limits: { ...DEFAULT_LIMITS, messageBytes: 64 } });
  const near = cell.install('near', puppetWasm());
  cell.routesAcross(
    [
      { module: 'b', ...WAITING, flow: 0 },
      { module: 'c', ...WAITING, flow: 1 },
    ],
    RESULTS,
    into('near'),
    into('b'),
    into('c'),
  );
  cell.cell.start(a);
  flow.setSent(1, 0, CAPACITY - 128);
  assert.deepEqual(pull(cell, a, emit(8), emit(8)).results, [STATUS.ok, STATUS.full]);
  assert.deepEqual([flow.used(0), flow.used(1)], [ENTRY, CAPACITY - 128 + ENTRY]);
  assert.equal(messages(cell).length, 1);
  const [queue] = cell.cell.status().modules.find(({ id }) => id === 'near')?.queues ?? [];
  assert.equal(queue?.waiting, 1);
  assert.equal(near, 1);
});

test('producers of the same cell take part in what an input has room for that other cells send to', () => {
  const flow = Flow.create(1, 2);
  const cell = new TestCell({ table: flow, producer: 1 });
  const a = cell.install('a', puppetWasm(), { limits: { ...DEFAULT_LIMITS, messageBytes: 64 } });
  const b = cell.install('b', puppetWasm(), { inputs: { in: { bytes: CAPACITY, policy: 'wait' } } });
  cell.routesAcross([{ module: 'b', ...WAITING, flow: 0 }], RESULTS, into('b'));
  cell.cell.start(a);
  flow.setSent(0, 0, CAPACITY - 2 * ENTRY);
  assert.deepEqual(pull(cell, a, emit(8), emit(8), emit(8)).results, [STATUS.ok, STATUS.ok, STATUS.full]);
  assert.equal(cell.cell.status().modules[1]?.queues[0]?.capacityBytes, CAPACITY);
  cell.cell.start(b);
  cell.settle();
  assert.equal(flow.used(0), CAPACITY - 2 * ENTRY, 'what was handled is free');
});

/** A cell with `b`, to whose input route 0 leads from elsewhere. */
function cellOfB(policy: 'wait' | 'reject'): { cell: TestCell; b: number; flow: Flow; message: Uint8Array } {
  const flow = Flow.create(1, 2);
  const cell = new TestCell({ table: flow, producer: 1 });
  const b = cell.install('b', puppetWasm(), { inputs: { in: { bytes: CAPACITY, policy } } });
  const crossing = { module: 'b', input: 'in', bytes: CAPACITY, policy, ...(policy === 'wait' ? { flow: 0 } : {}) };
  cell.routesAcross([crossing], into('b'), 'FROM /messages/modules/b/outputs/seen INTO $upstream');
  cell.inbound.write(INBOUND.source, 0, 42, 0, 0, new TextEncoder().encode('gateway/a/seen'));
  const message = encodeMessage({
    ...{ time: 0, monotonic: 4_000, isJson: true, hops: 3, input: 0, source: 0, sequence: 9, emitted: 999_000 },
    ...{ properties: [], body: new TextEncoder().encode('12345678') },
  });
  return { cell, b, flow, message };
}

test('a message that arrives waits until its module runs, then has its source, hops and sequence, and its room is free', () => {
  const { cell, b, flow, message } = cellOfB('wait');
  flow.setSent(0, 0, 3 * ENTRY);
  for (let n = 0; n < 3; n++) cell.arrive(b, 0, 42, message);
  cell.settle();
  assert.equal(flow.used(0), 3 * ENTRY);
  cell.cell.start(b);
  cell.settle();
  const frames = seen(cell, b).filter((frame) => frame.getUint16(0, true) === 2);
  assert.equal(frames.length, 3);
  const [first] = frames as [DataView];
  assert.equal(first.getUint8(3), 3);
  assert.equal(first.getUint32(32, true), 9);
  assert.equal(first.getFloat64(40, true), 999_000);
  assert.equal(flow.used(0), 0);
});

test('a message that arrives and finds no room is dropped by policy and counted for its route', () => {
  const { cell, b, message } = cellOfB('reject');
  for (let n = 0; n < 5; n++) cell.arrive(b, 0, 42, message);
  cell.settle();
  assert.equal(cell.cell.status().routes[0]?.dropped, 2);
  assert.equal(cell.cell.status().modules[0]?.queues[0]?.waiting, 3);
});

test('what is there before the cell has looked what it is to hold is not lost: messages and events of the host', () => {
  const { message } = cellOfB('wait');
  const cell = new TestCell();
  cell.control = () => {
    cell.control = () => {};
    const b = cell.install('b', puppetWasm());
    cell.routes(into('b'));
    cell.cell.start(b);
  };
  cell.arrive(0, 0, 42, message);
  cell.settle();
  assert.equal(cell.counters('b').events, 3, 'start, desired properties and the message');

  const other = new TestCell();
  other.control = () => {
    other.control = () => {};
    other.cell.start(other.install('b', puppetWasm()));
  };
  other.call(0, 7, 'script__');
  other.settle();
  assert.equal(other.counters('b').events + other.counters('b').trapped, 3, 'start, desired properties and the call');
});

test('a message by a route that leads to no input of this cell is not taken', () => {
  const { cell, b, message } = cellOfB('reject');
  cell.arrive(b, 1, 42, message);
  cell.arrive(b, 99, 42, message);
  cell.settle();
  assert.equal(cell.cell.status().modules[0]?.queues[0]?.waiting ?? 0, 0);
});

test.run();
