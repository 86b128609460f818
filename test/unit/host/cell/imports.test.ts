import { EVENT, STATUS } from '../../../../host/src/abi/constants.ts';
import { encodeProperties } from '../../../../host/src/abi/properties.ts';
import { TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';
import { compileWat, guestWat } from '../../../lib/wat.ts';

const test = suite('imports');
const MEMORY = 2 * 65_536;
const GRANT = { device: 'pump', read: ['holding:0-9'], write: ['coil:1'], poll: ['fast'] };
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

function puppetCell(spec: Parameters<TestCell['install']>[2] = {}): { cell: TestCell; p: number } {
  const cell = new TestCell();
  const grants = { kv: { bytes: 1_000 }, modbus: [GRANT], polls: { pump: { fast: ['holding:0-3'] } } };
  const p = cell.install('p', puppetWasm(['kv', 'modbus']), { ...grants, ...spec });
  cell.routes('FROM /messages/modules/p/* INTO $upstream');
  cell.cell.start(p);
  cell.takeEffects();
  cell.takeNotices();
  return { cell, p };
}

/** Results of single calls, each in an event of its own. */
function each(steps: readonly Step[], spec?: Parameters<TestCell['install']>[2]): (number | undefined)[] {
  const { cell, p } = puppetCell(spec);
  return steps.map((step) => pull(cell, p, step).results?.[0]);
}

test('[ABI-4.1] accepts an empty range at the end of memory and refuses one byte more, for every import with a range', () => {
  const calls: ((pointer: number, length: number) => Step)[] = [
    (at, n) => ['message.emit', 1, 0, at, n, 0, 0],
    (at, n) => ['message.emit', 1, 0, 0, 0, at, n],
    (at, n) => ['log.write', 6, at, n],
    (at, n) => ['kv.set', 0, 3, at, n],
  ];
  for (const call of calls) {
    const [end, past, far, wrap] = each([call(MEMORY, 0), call(MEMORY, 1), call(-1, 0), call(16, -1)]);
    assert.equal(end, STATUS.ok, String(call));
    assert.equal(past, STATUS.invalid, String(call));
    assert.equal(far, STATUS.invalid, String(call));
    assert.ok(wrap === STATUS.invalid || wrap === STATUS.limit, String(call));
  }
});

test('[ABI-4.1] refuses bad ranges of calls that read text, and counts them', () => {
  const { cell, p } = puppetCell();
  const { results } = pull(
    cell,
    p,
    ['message.input', MEMORY, 1],
    ['message.output', MEMORY - 1, 2],
    ['twin.report', MEMORY, 2],
    ['modbus.request', MEMORY, 12],
    ['kv.get', MEMORY, 1, 0, 0],
    ['kv.get', 0, 3, MEMORY, 1],
  );
  assert.deepEqual(results, Array(6).fill(STATUS.invalid));
  assert.equal(cell.counters('p').invalid, 6);
});

test('[ABI-4.1] sees memory that the guest has grown since', () => {
  const [grown] = each([['message.emit', 1, 0, 0, 0, MEMORY, 4]]);
  assert.equal(grown, STATUS.invalid);
  const { cell, p } = puppetCell();
  assert.deepEqual(pull(cell, p, ['grow', 1], ['message.emit', 1, 0, 0, 0, MEMORY, 4]).results, [2, STATUS.ok]);
  assert.equal(pull(cell, p, ['return', 0]).results?.length, 0, 'the next event is delivered too');
});

test('[ABI-4.2] the same name gives the same id, a bad one is refused', () => {
  const names = ['a.b_c-1', '', 'x'.repeat(129), 'a b', '\xff'];
  const { cell, p } = puppetCell();
  const results = names.map(
    (name) => pull(cell, p, ['poke', SCRATCH, name], ['message.output', SCRATCH, name.length]).results?.[0],
  );
  assert.deepEqual(results, [3, ...Array(4).fill(STATUS.invalid)]);
  assert.deepEqual(pull(cell, p, ['poke', SCRATCH, 'a.b_c-1'], ['message.output', SCRATCH, 7]).results, [3]);
});

test('[ABI-4.2] a module has at most 64 inputs and 64 outputs', () => {
  const { cell, p } = puppetCell();
  const ids = Array.from({ length: 65 }, (_, n) => {
    const name = `n${String(n).padStart(2, '0')}`;
    return pull(cell, p, ['poke', SCRATCH, name], ['message.input', SCRATCH, 3], ['message.output', SCRATCH, 3])
      .results;
  });
  assert.deepEqual(ids[63], [63, STATUS.limit]);
  assert.deepEqual(ids[60], [60, 63]);
  assert.deepEqual(ids[64], [STATUS.limit, STATUS.limit]);
});

test('[ABI-4.2] a description closes the list of names', () => {
  const results = each(
    [
      ['message.input', 0, 7],
      ['message.output', 8, 4],
      ['message.output', 0, 7],
    ],
    {
      inputNames: ['in'],
      outputNames: ['results', 'seen', 'forward'],
    },
  );
  assert.deepEqual(results, [STATUS.notFound, 1, 0]);
});

test('[ABI-4.3] refuses outputs and flags that do not exist, and messages above the limit', () => {
  const results = each(
    [
      ['message.emit', 3, 0, 0, 0, 0, 0],
      ['message.emit', -1, 0, 0, 0, 0, 0],
      ['message.emit', 1, 2, 0, 0, 0, 0],
      ['message.emit', 1, 0, 0, 0, 0, 1000],
      ['message.emit', 1, 0, 0, 0, 0, 1001],
    ],
    { limits: { ...DEFAULT_LIMITS, messageBytes: 1000 } },
  );
  assert.deepEqual(results, [STATUS.invalid, STATUS.invalid, STATUS.invalid, STATUS.ok, STATUS.limit]);
});

test('[ABI-4.5] refuses a property block that the host would have to stamp', () => {
  const { cell, p } = puppetCell();
  const emit = (block: Uint8Array, flags: number) =>
    pull(cell, p, ['poke', SCRATCH, latin1(block)], ['message.emit', 1, flags, SCRATCH, block.byteLength, 0, 0])
      .results?.[0];
  assert.equal(
    emit(
      encodeProperties([
        ['$.cid', '7'],
        ['a', 'b'],
      ]),
      0,
    ),
    STATUS.ok,
  );
  assert.equal(emit(encodeProperties([['$.cmid', 'other']]), 0), STATUS.invalid);
  assert.equal(emit(encodeProperties([['$.ct', 'text/plain']]), 1), STATUS.invalid);
});

test('[ABI-4.4] a message says who sent it, and nothing else does', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  const p = cell.install('p', puppetWasm());
  cell.routes(
    'FROM /messages/modules/a/outputs/seen INTO BrokeredEndpoint("/modules/p/inputs/in")',
    'FROM /messages/modules/p/* INTO $upstream',
  );
  cell.cell.start(p);
  cell.cell.start(a);
  cell.settle();
  const [frame] = seen(cell, p).filter((view) => view.getUint16(0, true) === EVENT.message);
  assert.equal(frame?.getUint8(3), 1, 'hops');
  assert.equal(frame?.getBigUint64(32, true), 1n, 'sequence');
  assert.deepEqual(pull(cell, p, ['message.source', frame!.getUint32(28, true), SCRATCH, 100]).results, [
    STATUS.notFound,
  ]);
});

test('[ABI-4.6] log lines have a level, a length and a rate', () => {
  const { cell, p } = puppetCell();
  const [ok, level, long] = [
    pull(cell, p, ['log.write', 6, 0, 7]),
    pull(cell, p, ['log.write', 5, 0, 7]),
    pull(cell, p, ['log.write', 6, 0, 8193]),
  ].map(({ results }) => results?.[0]);
  assert.deepEqual([ok, level, long], [STATUS.ok, STATUS.invalid, STATUS.limit]);
  const flood = Array.from({ length: 230 }, () => pull(cell, p, ['log.write', 6, 0, 7]).results?.[0]);
  assert.equal(
    flood.filter((status) => status === STATUS.ok).length,
    198,
    'a burst of ten seconds, less the two lines before',
  );
  assert.ok(cell.counters('p').logDropped >= 32);
  cell.advance(1_000);
  assert.equal(pull(cell, p, ['log.write', 6, 0, 7]).results?.[0], STATUS.ok);
});

test('[ABI-4.6] an abort is reported with its words, file and line', () => {
  const { cell, p } = puppetCell();
  pull(cell, p, ['poke', SCRATCH, 'no pressuremain.ts'], ['log.abort', SCRATCH, 11, SCRATCH + 11, 7, 12, 3], ['trap']);
  const failed = cell.takeNotices().find((notice) => notice.kind === 'state' && notice.state === 'failed');
  assert.ok(failed?.kind === 'state');
  assert.equal(failed.code, 'MODULE_ABORTED');
  assert.equal(failed.text, 'no pressure (main.ts:12:3)');
});

test('[ABI-4.7] timers fire when due, periodic ones count what they missed', () => {
  const { cell, p } = puppetCell();
  assert.deepEqual(
    pull(
      cell,
      p,
      ['timer.set', 0, 50, 0],
      ['timer.set', 1, 10, 10],
      ['timer.set', 16, 1, 0],
      ['timer.set', 64, 1, 0],
      ['timer.set', 2, -1, 0],
      ['timer.clear', 5],
    ).results,
    [STATUS.ok, STATUS.ok, STATUS.limit, STATUS.invalid, STATUS.invalid, STATUS.notFound],
  );
  const fired = () => {
    const frames = seen(cell, p).map((frame) => [frame.getUint32(24, true), frame.getUint32(28, true)]);
    cell.takeEffects();
    return frames;
  };
  cell.advance(9);
  assert.deepEqual(fired(), []);
  cell.advance(1);
  assert.deepEqual(fired(), [[1, 0]]);
  cell.advance(35);
  assert.deepEqual(fired(), [[1, 2]]);
  cell.advance(5);
  assert.deepEqual(fired(), [
    [0, 0],
    [1, 0],
  ]);
  pull(cell, p, ['timer.clear', 1]);
  cell.takeEffects();
  cell.advance(100);
  assert.deepEqual(fired(), []);
});

test('[ABI-4.8] reports only what a twin may hold', () => {
  const { cell, p } = puppetCell();
  const report = (text: string) =>
    pull(cell, p, ['poke', SCRATCH, text], ['twin.report', SCRATCH, text.length]).results?.[0];
  assert.equal(report('{"a":{"b":1}}'), STATUS.ok);
  assert.equal(report('[1]'), STATUS.invalid);
  assert.equal(report('{"a":'), STATUS.invalid);
  assert.equal(report('{"a.b":1}'), STATUS.invalid);
  assert.equal(report('{"__proto__":{"x":1}}'), STATUS.invalid);
  assert.equal(report(`{"a":${'{"a":'.repeat(11)}1${'}'.repeat(12)}`), STATUS.limit);
  assert.equal(report(`{"a":"${'x'.repeat(4097)}"}`), STATUS.limit);
});

test('[ABI-4.9] a method is answered once, by whoever has its id', () => {
  const { cell, p } = puppetCell();
  const { call } = pull(cell, p, ['return', 0]);
  const { results } = pull(
    cell,
    p,
    ['poke', SCRATCH, '{"ok":1}nonsense'],
    ['method.respond', call, 200, SCRATCH + 8, 8],
    ['method.respond', call, 0, SCRATCH, 8],
    ['method.respond', call, 200, SCRATCH, 8],
    ['method.respond', call, 200, SCRATCH, 8],
    ['method.respond', 999_999, 200, 0, 0],
  );
  assert.deepEqual(results, [STATUS.invalid, STATUS.invalid, STATUS.ok, STATUS.notFound, STATUS.notFound]);
  const [answer] = cell.takeEffects(TO_HOST.respond);
  assert.deepEqual([answer?.a, answer?.b, new TextDecoder().decode(answer?.payload)], [call, 200, '{"ok":1}']);
});

test('[ABI-4.10] state stays within its grant', () => {
  const results = each([
    ['kv.set', 0, 3, 0, 933],
    ['kv.set', 0, 3, 0, 934],
    ['kv.set', 8, 4, 0, 0],
    ['kv.get', 0, 3, SCRATCH, 10],
    ['kv.remove', 0, 3],
    ['kv.set', 8, 4, 0, 900],
    ['kv.set', 0, 0, 0, 1],
    ['kv.set', 0, 257, 0, 1],
  ]);
  assert.deepEqual(results, [
    STATUS.ok,
    STATUS.limit,
    STATUS.limit,
    933,
    STATUS.ok,
    STATUS.ok,
    STATUS.invalid,
    STATUS.invalid,
  ]);
});

test('[ABI-7.2] a request outside the grant is denied, counted, and never leaves the cell', () => {
  const { cell, p } = puppetCell();
  const request = (functionCode: number, address: number, count: number, data = '') => {
    const payload = `${String.fromCharCode(functionCode)}\x04${String.fromCharCode(address, 0, count, 0)}\0\0\0\0\0\0${data}pump`;
    return pull(cell, p, ['poke', SCRATCH, payload], ['modbus.request', SCRATCH, payload.length]).results?.[0];
  };
  assert.equal(request(3, 0, 10), 1);
  assert.equal(request(3, 9, 2), STATUS.denied);
  assert.equal(request(5, 1, 1, '\x01'), 2);
  assert.equal(request(5, 2, 1, '\x01'), STATUS.denied);
  assert.equal(request(9, 0, 1), STATUS.invalid);
  assert.equal(cell.takeEffects(TO_HOST.request).length, 2);
  assert.equal(cell.counters('p').denied, 2);
});

test('[ABI-7.2] at most the granted number of requests is pending', () => {
  const { cell, p } = puppetCell({ limits: { ...DEFAULT_LIMITS, pendingRequests: 2 } });
  const read: Step = ['modbus.request', SCRATCH, 16];
  const { results } = pull(cell, p, ['poke', SCRATCH, '\x03\x04\0\0\x01\0\0\0\0\0\0\0pump'], read, read, read);
  assert.deepEqual(results, [1, 2, STATUS.limit]);
  cell.answer(p, 1, 1, STATUS.ok);
  cell.settle();
  assert.deepEqual(pull(cell, p, read).results, [3]);
});

test('[ABI-10] what a module must not do is reported at first at once, then with its number once a minute', () => {
  const { cell, p } = puppetCell();
  const deny = () =>
    pull(cell, p, ['poke', SCRATCH, '\x05\x04\x02\0\x01\0\0\0\0\0\0\0\x01pump'], ['modbus.request', SCRATCH, 17]);
  const events = () =>
    cell.takeNotices().flatMap((notice) => (notice.kind === 'event' ? [[notice.code, notice.text]] : []));
  deny();
  cell.advance(1_000);
  assert.deepEqual(events(), [['CAPABILITY_DENIED', 'calls outside the grant denied: 1']]);
  for (let seconds = 0; seconds < 58; seconds++) {
    deny();
    cell.advance(1_000);
  }
  assert.deepEqual(events(), []);
  cell.advance(2_000);
  assert.deepEqual(events(), [['CAPABILITY_DENIED', 'calls outside the grant denied: 58']]);
  cell.advance(200_000);
  assert.deepEqual(events(), [], 'nothing new, nothing said');
});

test('[ABI-4.11] imports do nothing during the start section and _initialize, except log.abort', () => {
  const cell = new TestCell();
  const early = guestWat({
    imports: `
      (import "message" "output" (func $output (param i32 i32) (result i32)))
      (import "log" "abort" (func $abort (param i32 i32 i32 i32 i32 i32) (result i32)))`,
    data: '(data (i32.const 0) "too early")',
    functions: `
      (global $seen (mut i32) (i32.const 0))
      (func $early (global.set $seen (call $output (i32.const 0) (i32.const 3))))
      (start $early)
      (func (export "_initialize")
        (if (i32.ne (global.get $seen) (i32.const ${STATUS.unavailable})) (then unreachable))
        (if (i32.ne (call $output (i32.const 0) (i32.const 3)) (i32.const ${STATUS.unavailable})) (then unreachable))
        (drop (call $abort (i32.const 0) (i32.const 9) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 2)))
        unreachable)`,
    handle: '(i32.const 0)',
  });
  const slot = cell.install('early', compileWat(early));
  cell.cell.start(slot);
  const failed = cell.takeNotices().find((notice) => notice.kind === 'state' && notice.state === 'failed');
  assert.ok(failed?.kind === 'state');
  assert.equal(failed.text, 'too early (unknown file:1:2)');
});

test.run();
