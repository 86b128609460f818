import { EVENT, STATUS } from '../../../../host/src/abi/constants.ts';
import { TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';
import { FORWARD_WAT } from '../../../lib/wat.ts';

const test = suite('delivery between modules');
const PUPPET = puppetWasm();
const RESULTS = 'FROM /messages/modules/a/outputs/results INTO $upstream';
const into = (from: string, to: string, where = '') =>
  `FROM /messages/modules/${from} ${where} INTO BrokeredEndpoint("/modules/${to}/inputs/in")`;
const emit = (bytes: number): Step => ['message.emit', 1, 0, 0, 0, SCRATCH, bytes];
const messages = (cell: TestCell, slot: number) =>
  seen(cell, slot).filter((frame) => frame.getUint16(0, true) === EVENT.message);

/** Two puppets, `a` sending to `b`, whose frames go upstream. */
function pair(spec: Parameters<TestCell['install']>[2] = {}): { cell: TestCell; a: number; b: number } {
  const cell = new TestCell();
  const a = cell.install('a', PUPPET);
  const b = cell.install('b', PUPPET, spec);
  cell.routes(into('a/outputs/seen', 'b'), 'FROM /messages/modules/b/* INTO $upstream', RESULTS);
  cell.cell.start(b);
  cell.cell.start(a);
  cell.settle();
  cell.takeEffects();
  cell.takeNotices();
  return { cell, a, b };
}

test('delivers in order, with sequence and the time of both ends', () => {
  const { cell, a, b } = pair();
  pull(cell, a, emit(1), emit(2), emit(3));
  const frames = messages(cell, b);
  assert.deepEqual(
    frames.map((frame) => frame.getUint32(52, true)),
    [1, 2, 3],
  );
  assert.deepEqual(
    frames.map((frame) => frame.getBigUint64(32, true)),
    [2n, 3n, 4n],
    'the first was its desired event',
  );
  assert.equal(frames[0]?.getFloat64(8, true), cell.time);
  assert.equal(frames[0]?.getFloat64(40, true), cell.time);
});

test('passes every length and alignment on unchanged, with zeroes as padding', () => {
  const { cell, a, b } = pair();
  const text = 'abcdefghijklmnopqrstuvwxyz0123456789';
  pull(cell, a, ['poke', SCRATCH, '\xff'.repeat(64)], emit(64));
  cell.takeEffects();
  for (let start = 0; start < 8; start++) {
    for (let length = 0; length < 20; length++) {
      pull(cell, a, ['poke', SCRATCH, text], ['message.emit', 1, 0, 0, 0, SCRATCH + start, length]);
      const frame = messages(cell, b).at(-1) as DataView;
      const bytes = Buffer.from(frame.buffer, frame.byteOffset + 56, frame.byteLength - 56);
      assert.equal(bytes.toString('latin1'), text.slice(start, start + length).padEnd(Math.ceil(length / 8) * 8, '\0'));
      cell.takeEffects();
    }
  }
});

test('a route with a condition decides by what the message holds', () => {
  const cell = new TestCell();
  const a = cell.install('a', PUPPET);
  const b = cell.install('b', PUPPET);
  cell.routes(
    into('a/outputs/seen', 'b', 'WHERE $body.pressure > 90'),
    'FROM /messages/modules/b/* INTO $upstream',
    RESULTS,
  );
  for (const slot of [a, b]) cell.cell.start(slot);
  const json = (text: string): Step[] => [
    ['poke', SCRATCH, text],
    ['message.emit', 1, 1, 0, 0, SCRATCH, text.length],
  ];
  pull(cell, a, ...json('{"pressure":95}'));
  pull(cell, a, ...json('{"pressure":85}'));
  pull(cell, a, ...json('not json'));
  pull(cell, a, ['poke', SCRATCH, '{"pressure":95}'], ['message.emit', 1, 0, 0, 0, SCRATCH, 15]);
  assert.equal(messages(cell, b).length, 1);
  assert.equal(cell.counters('a').unrouted, 4, 'with its desired event, three found no route');
});

test('one endpoint gets a message once, however many routes lead there', () => {
  const cell = new TestCell();
  const a = cell.install('a', PUPPET);
  const b = cell.install('b', PUPPET);
  cell.routes(into('a/*', 'b'), into('a/outputs/seen', 'b'), 'FROM /messages/modules/b/* INTO $upstream');
  for (const slot of [b, a]) cell.cell.start(slot);
  cell.settle();
  assert.equal(messages(cell, b).length, 1);
  assert.deepEqual(
    cell.cell
      .status()
      .routes.map(({ matched }) => matched)
      .slice(0, 2),
    [1, 1],
  );
});

test('[ABI-3.2] delivers a message again after a trap, and buries it after the second', () => {
  const { cell, a, b } = pair();
  pull(cell, b, ['mode', 'trap']);
  pull(cell, a, emit(1), emit(2));
  assert.equal(cell.state('b'), 'running', 'the first restart comes at once');
  assert.deepEqual(
    messages(cell, b).map((frame) => frame.getUint32(52, true)),
    [1, 2],
    'the next instance is healthy',
  );
  assert.equal(cell.cell.deadLetters.count, 0);
  const trapping = cell.install(
    'c',
    FORWARD_WAT.replace(
      '(if (i32.ne (local.get $kind) (i32.const 2))',
      '(if (i32.eq (local.get $kind) (i32.const 2)) (then unreachable)) (if (i32.ne (local.get $kind) (i32.const 2))',
    ),
  );
  cell.routes(into('a/outputs/seen', 'c'));
  cell.cell.start(trapping);
  pull(cell, a, emit(5));
  assert.equal(cell.counters('c').trapped, 2);
  assert.equal(cell.counters('c').deadLettered, 1);
  const at = cell.cell.deadLetters.take();
  assert.equal(cell.cell.deadLetters.words[(at >> 2) + 13], 5, 'the body of the buried message');
});

test('[ABI-3.3] a refused message is consumed', () => {
  const { cell, a, b } = pair();
  pull(cell, b, ['mode', 'refuse']);
  pull(cell, a, emit(1));
  pull(cell, b, ['mode', 'copy']);
  pull(cell, a, emit(2));
  assert.deepEqual(
    messages(cell, b).map((frame) => frame.getUint32(52, true)),
    [2],
  );
  assert.equal(cell.counters('b').refused, 1);
});

test('a trap in one module leaves its neighbour running and its messages in place', () => {
  const { cell, a, b } = pair();
  pull(cell, a, emit(1), ['trap']);
  assert.equal(messages(cell, b).length, 1, 'only the desired event of the next instance of a arrived');
  assert.equal(cell.state('b'), 'running');
  pull(cell, a, emit(3));
  assert.equal(messages(cell, b).at(-1)?.getUint32(52, true), 3);
});

test('drop-oldest keeps the newest messages and counts the rest', () => {
  const { cell, a, b } = pair({ inputs: { in: { bytes: 1024, policy: 'drop-oldest' } } });
  pull(cell, a, ...Array.from({ length: 20 }, (_, n) => emit(100 + n)));
  const lengths = messages(cell, b).map((frame) => frame.getUint32(52, true));
  assert.deepEqual(lengths, [115, 116, 117, 118, 119].slice(-lengths.length));
  const queue = cell.cell.status().modules[1]?.queues[0];
  assert.equal((queue?.dropped ?? 0) + lengths.length, 20);
});

test('reject keeps the oldest messages and counts the rest', () => {
  const { cell, a, b } = pair({ inputs: { in: { bytes: 1024, policy: 'reject' } } });
  const { results } = pull(cell, a, ...Array.from({ length: 20 }, (_, n) => emit(100 + n)));
  assert.deepEqual(results, Array(20).fill(STATUS.ok));
  const lengths = messages(cell, b).map((frame) => frame.getUint32(52, true));
  assert.equal(lengths[0], 100);
  assert.equal(cell.counters('a').queueFull + lengths.length, 20);
});

test('[ABI-4.3] wait reports full to a module that emits more than there is room for', () => {
  const { cell, a, b } = pair({ inputs: { in: { bytes: 1024, policy: 'wait' } } });
  const { results } = pull(cell, a, ...Array.from({ length: 20 }, () => emit(100)));
  const accepted = results?.filter((status) => status === STATUS.ok).length ?? 0;
  assert.equal(results?.at(-1), STATUS.full);
  assert.equal(messages(cell, b).length, accepted, 'every accepted one arrives, no other does');
});

test('wait pauses the producer until the consumer has made room, and loses nothing', () => {
  const cell = new TestCell();
  const limits = { ...DEFAULT_LIMITS, messageBytes: 256 };
  const a = cell.install('a', PUPPET, { limits });
  const b = cell.install('b', PUPPET, { inputs: { in: { bytes: 2048, policy: 'wait' } } });
  cell.routes(into('a/outputs/seen', 'b'), 'FROM /messages/modules/b/* INTO $upstream', RESULTS);
  cell.cell.start(a);
  cell.settle();
  const produced = () => cell.counters('a').emitted;
  pull(cell, a, ['timer.set', 0, 1, 1]);
  for (let n = 0; n < 100; n++) cell.advance(1);
  const paused = produced();
  assert.ok(paused < 30, `paused after ${paused} messages, because nobody reads them`);
  assert.equal(cell.cell.status().modules[0]?.isPaused, true);
  cell.cell.start(b);
  cell.settle();
  for (let n = 0; n < 100; n++) cell.advance(1);
  assert.ok(produced() > paused + 90, 'goes on when there is room');
  const ownResults = 1;
  assert.equal(messages(cell, b).length, produced() - ownResults);
});

test('[ABI-5.8] a paused module gets the newest reading of its subscription only', () => {
  const cell = new TestCell();
  const grant = { device: 'pump', read: ['holding:0-3'], write: [], poll: ['fast'] };
  const spec = { modbus: [grant], polls: { pump: { fast: ['holding:0-3'] } } };
  const a = cell.install('a', puppetWasm(['modbus']), { ...spec, limits: { ...DEFAULT_LIMITS, messageBytes: 256 } });
  const b = cell.install('b', PUPPET, { inputs: { in: { bytes: 1024, policy: 'wait' } } });
  cell.routes(into('a/outputs/seen', 'b'), 'FROM /messages/modules/b/* INTO $upstream', RESULTS);
  cell.cell.start(a);
  const { results } = pull(
    cell,
    a,
    ['poke', SCRATCH, '\0\x04\0\0\x04\0\0\0\0\0\0\0fastpump'],
    ['modbus.request', SCRATCH, 20],
  );
  assert.deepEqual(results, [1]);
  for (let n = 0; n < 50; n++) {
    cell.answer(a, 1, 1, STATUS.ok, n, new Uint8Array(8));
    cell.settle();
  }
  const details = () =>
    messages(cell, b)
      .map((frame) => new DataView(frame.buffer, frame.byteOffset + 56))
      .filter((frame) => frame.getUint16(0, true) === EVENT.answer)
      .map((frame) => frame.getInt32(32, true));
  cell.cell.start(b);
  cell.settle();
  const got = details();
  assert.ok(got.length < 15, `${got.length} readings`);
  assert.equal(got.at(-1), 49, 'the newest is among them');
  assert.deepEqual(got.slice(0, 3), [0, 1, 2]);
});

test('a message that goes in circles is dropped after 32 modules', () => {
  const cell = new TestCell();
  const a = cell.install('a', PUPPET);
  const b = cell.install('b', PUPPET);
  cell.routes(into('a/outputs/*', 'b'), into('b/outputs/*', 'a'));
  cell.cell.start(a);
  cell.cell.start(b);
  cell.settle();
  for (const slot of [a, b]) pull(cell, slot, ['mode', 'forward']);
  pull(cell, a, emit(8));
  assert.ok(cell.counters('a').hopsExceeded + cell.counters('b').hopsExceeded >= 1);
});

test('answers of an instance that is gone never reach its successor', () => {
  const cell = new TestCell();
  const grant = { device: 'pump', read: ['holding:0-3'], write: [], poll: [] };
  const a = cell.install('a', puppetWasm(['modbus']), { modbus: [grant], polls: { pump: {} } });
  cell.routes('FROM /messages/modules/a/* INTO $upstream');
  cell.cell.start(a);
  pull(cell, a, ['poke', SCRATCH, '\x03\x04\0\0\x01\0\0\0\0\0\0\0pump'], ['modbus.request', SCRATCH, 16]);
  pull(cell, a, ['trap']);
  assert.equal(cell.state('a'), 'running');
  cell.takeEffects();
  cell.answer(a, 1, 1, STATUS.ok);
  cell.settle();
  assert.deepEqual(seen(cell, a), []);
});

test('routes change while messages wait, and none is lost', () => {
  const { cell, a, b } = pair();
  cell.cell.stop(b, 'removed');
  pull(cell, a, emit(1), emit(2));
  cell.routes(
    into('a/outputs/seen', 'b'),
    'FROM /messages/modules/b/* INTO $upstream',
    'FROM /messages/modules/a/* INTO $upstream',
  );
  cell.cell.start(b);
  cell.settle();
  assert.deepEqual(
    messages(cell, b).map((frame) => frame.getUint32(52, true)),
    [1, 2],
  );
});

test('[ABI-4.3] a full way upstream is reported, pauses the module, and loses nothing that was accepted', () => {
  const { cell, b } = pair();
  const { results } = pull(cell, b, ...Array.from({ length: 60 }, () => emit(30_000)));
  const accepted = results?.filter((status) => status === STATUS.ok).length ?? 0;
  assert.ok(accepted >= 30 && accepted < 60, `${accepted} accepted`);
  assert.equal(results?.at(-1), STATUS.full);
  assert.equal(messages(cell, b).length, 0);
  assert.equal(cell.takeEffects(TO_HOST.upstream).filter((frame) => frame.b === 1).length, accepted);
});

test.run();
