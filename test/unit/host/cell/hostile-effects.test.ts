import { EVENT, STATUS } from '../../../../host/src/abi/constants.ts';
import { TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../../lib/wat.ts';

const test = suite('what no event can leave behind');
const RESULTS = 'FROM /messages/modules/p/outputs/results INTO $upstream';
const GRANT = { device: 'pump', read: ['holding:0-3'], write: [], poll: ['fast'] };
const BOM = '\xef\xbb\xbf';

function puppetCell(spec: Parameters<TestCell['install']>[2] = {}): { cell: TestCell; p: number } {
  const cell = new TestCell();
  const p = cell.install('p', puppetWasm(['kv', 'modbus']), {
    kv: { bytes: 1_000 },
    modbus: [GRANT],
    polls: { pump: { fast: ['holding:0-3'] } },
    ...spec,
  });
  cell.routes(RESULTS, 'FROM /messages/modules/q/* INTO BrokeredEndpoint("/modules/p/inputs/in")');
  cell.cell.start(p);
  cell.settle();
  cell.takeEffects();
  return { cell, p };
}

test('[ABI-4.4] no event but a message has a source, whatever the id that is asked for', () => {
  const { cell, p } = puppetCell();
  const q = cell.install('q', puppetWasm());
  cell.cell.start(q);
  pull(cell, q, ['message.emit', 1, 0, 0, 0, SCRATCH, 8]);
  cell.settle();
  assert.deepEqual(pull(cell, p, ['message.source', -1, SCRATCH, 64]).results, [STATUS.notFound]);
});

test('[ABI-4.10] keys that differ in a byte order mark are two keys, and the grant counts them right', () => {
  const { cell, p } = puppetCell();
  const key = SCRATCH;
  const marked = SCRATCH + 8;
  const { results } = pull(
    cell,
    p,
    ['poke', key, 'a'],
    ['poke', marked, `${BOM}a`],
    ['kv.set', key, 1, SCRATCH, 10],
    ['kv.remove', marked, 4],
    ['kv.set', marked, 4, SCRATCH, 20],
    ['kv.get', key, 1, SCRATCH + 64, 0],
    ['kv.get', marked, 4, SCRATCH + 64, 0],
    ['kv.remove', key, 1],
    ['kv.remove', marked, 4],
  );
  assert.deepEqual(results, [STATUS.ok, STATUS.notFound, STATUS.ok, 10, 20, STATUS.ok, STATUS.ok]);
  assert.equal(cell.cell.status().modules[0]?.stateBytes, 0);
});

test('[ABI-4.2] a name with a byte order mark is no name', () => {
  const { cell, p } = puppetCell();
  const steps: Step[] = [
    ['poke', SCRATCH, `${BOM}results`],
    ['message.output', SCRATCH, 10],
  ];
  assert.deepEqual(pull(cell, p, ...steps).results, [STATUS.invalid]);
});

test('a module that subscribes and takes it back, again and again, leaves nothing', () => {
  const { cell, p } = puppetCell();
  const subscribe: Step[] = [
    ['poke', SCRATCH, '\0\x04\0\0\x04\0\0\0\0\0\0\0fastpump'],
    ['modbus.request', SCRATCH, 20],
  ];
  for (let n = 0; n < 5; n++) pull(cell, p, ...subscribe, ['return', 1]);
  pull(cell, p, ['poke', SCRATCH, '\x03\x04\0\0\x01\0\0\0\0\0\0\0pump'], ['modbus.request', SCRATCH, 16]);
  assert.equal(cell.cell.status().modules[0]?.pendingRequests, 1);
});

test('[ABI-4.8] a report that finds the way to the host full is not merged either', () => {
  const cell = new TestCell();
  const p = cell.install('p', puppetWasm());
  cell.cell.start(p);
  cell.settle();
  const value = 'x'.repeat(3_000);
  const report = (key: string): Step[] => {
    const text = `{"${key}":{"a":"${value}","b":"${value}"}}`;
    return [
      ['poke', 100_000, text],
      ['twin.report', 100_000, text.length],
    ];
  };
  while (cell.toHost.freeBytes > 1_000) cell.toHost.write(0, p, 0, 0, 0, new Uint8Array(500));
  cell.toHost.commit();
  pull(cell, p, ...report('k'));
  assert.equal(cell.takeEffects(TO_HOST.report).length, 0);
  pull(cell, p, ...['a', 'b', 'c', 'd', 'e'].flatMap(report));
  assert.equal(cell.takeEffects(TO_HOST.report).length, 5, 'all of the section was still free');
});

test('a section of reported properties is bounded, also where its values count as nothing', () => {
  const cell = new TestCell();
  const text = `{"kXX":[${'{},'.repeat(40_000)}{}]}`;
  const wat = guestWat({
    imports: '(import "twin" "report" (func $report (param i32 i32) (result i32)))',
    data: `(data (i32.const 65536) "${text.replaceAll('"', '\\22')}")`,
    pages: 8,
    functions: '(global $n (mut i32) (i32.const 0)) (global $done (mut i32) (i32.const 0))',
    handle: `
      (if (i32.ne (local.get $kind) (i32.const 1)) (then (return (i32.const 0))))
      (loop $more
        (i32.store8 (i32.const 65539) (i32.add (i32.const 65) (global.get $n)))
        (if (i32.eqz (call $report (i32.const 65536) (i32.const ${text.length})))
          (then (global.set $done (i32.add (global.get $done) (i32.const 1)))))
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (br_if $more (i32.lt_u (global.get $n) (i32.const 6))))
      (if (i32.gt_u (global.get $done) (i32.const 1)) (then unreachable))
      (i32.const 0)`,
  });
  // The bump allocator starts at 4096, below the data.
  const p = cell.install('p', compileWat(wat));
  cell.cell.start(p);
  assert.equal(cell.state('p'), 'running', 'at most one of them was taken');
});

test('[ABI-4.8] a number that no JSON text can say is not reported', () => {
  const { cell, p } = puppetCell();
  const text = '{"a":1e999}';
  const { results } = pull(cell, p, ['poke', SCRATCH, text], ['twin.report', SCRATCH, text.length]);
  assert.deepEqual(results, [STATUS.invalid]);
});

test('[ABI-4.11] imports do nothing while the module makes room for a frame', () => {
  const cell = new TestCell();
  const wat = guestWat({
    imports: MESSAGE_IMPORTS,
    data: '(data (i32.const 0) "out")',
    functions: '(global $calls (mut i32) (i32.const 0))',
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (call $output (i32.const 0) (i32.const 3)))))
      (i32.const 0)`,
  }).replace(
    '(local.set $at (global.get $top))',
    `(local.set $at (global.get $top))
     (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
     (if (i32.gt_u (global.get $calls) (i32.const 1)) (then
       (if (i32.ne (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8))
         (i32.const ${STATUS.unavailable})) (then unreachable))))`,
  );
  const p = cell.install('p', compileWat(wat));
  cell.routes('FROM /messages/modules/p/* INTO $upstream');
  cell.cell.start(p);
  cell.settle();
  cell.call(p, 1, 'm', 'x'.repeat(5_000));
  cell.settle();
  assert.equal(cell.counters('p').trapped, 0);
  assert.deepEqual(cell.takeEffects(TO_HOST.upstream), []);
});

test('words of an abort that no trap followed are not said of a later trap', () => {
  const { cell, p } = puppetCell();
  pull(cell, p, ['poke', SCRATCH, 'old words'], ['log.abort', SCRATCH, 9, 0, 0, 0, 0]);
  pull(cell, p, ['trap']);
  const failed = cell.takeNotices().find((notice) => notice.kind === 'state' && notice.state === 'failed');
  assert.ok(failed?.kind === 'state');
  assert.equal(failed.code, 'MODULE_TRAPPED');
});

test('log lines reach the host although nothing else happens', () => {
  const { cell, p } = puppetCell();
  pull(cell, p, ['mode', 'ignore']);
  const silent = guestWat({
    imports: `
      (import "timer" "set" (func $set (param i32 i32 i32) (result i32)))
      (import "log" "write" (func $log (param i32 i32 i32) (result i32)))`,
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (call $set (i32.const 0) (i32.const 5) (i32.const 5)))))
      (if (i32.eq (local.get $kind) (i32.const 3)) (then (drop (call $log (i32.const 6) (i32.const 0) (i32.const 8)))))
      (i32.const 0)`,
  });
  const s = cell.install('s', silent);
  cell.cell.start(s);
  const before = cell.wakes;
  cell.advance(5);
  assert.equal(cell.takeLogs().length, 1);
  assert.ok(cell.wakes > before);
});

test('what is said of a trap is bounded, so that the state of the module always reaches the host', () => {
  const cell = new TestCell();
  const wat = guestWat({
    functions:
      '(func $deep (param i32) (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else unreachable)))',
    handle: '(call $deep (i32.const 500)) (i32.const 0)',
  });
  const p = cell.install('p', wat);
  cell.cell.start(p);
  const failed = cell
    .takeNotices()
    .flatMap((notice) => (notice.kind === 'state' && notice.code !== undefined ? [notice] : []));
  assert.equal(failed.length, 1);
  for (const { text, frames } of failed) {
    assert.equal(text, 'unreachable');
    assert.equal(frames?.length, 8);
  }
});

test('[ABI-5.8] readings of changing length take the place of older ones too', () => {
  const cell = new TestCell();
  const spec = { modbus: [GRANT], polls: { pump: { fast: ['holding:0-3'] } } };
  const limits = { ...DEFAULT_LIMITS, messageBytes: 256 };
  const a = cell.install('a', puppetWasm(['modbus']), { ...spec, limits });
  const b = cell.install('b', puppetWasm(), { inputs: { in: { bytes: 1024, policy: 'wait' } } });
  cell.routes(
    'FROM /messages/modules/a/outputs/seen INTO BrokeredEndpoint("/modules/b/inputs/in")',
    'FROM /messages/modules/b/* INTO $upstream',
    'FROM /messages/modules/a/outputs/results INTO $upstream',
  );
  cell.cell.start(a);
  pull(cell, a, ['poke', SCRATCH, '\0\x04\0\0\x04\0\0\0\0\0\0\0fastpump'], ['modbus.request', SCRATCH, 20]);
  for (let n = 0; n < 2_000; n++) {
    cell.answer(a, 1, 1, n % 2 === 0 ? STATUS.ok : STATUS.timeout, n, new Uint8Array(n % 2 === 0 ? 100 : 0));
    cell.settle();
  }
  assert.equal(cell.counters('a').mailDropped, 0);
  cell.cell.start(b);
  cell.settle();
  const details = seen(cell, b)
    .filter((frame) => frame.getUint16(0, true) === EVENT.message)
    .map((frame) => new DataView(frame.buffer, frame.byteOffset + 56))
    .filter((frame) => frame.getUint16(0, true) === EVENT.answer)
    .map((frame) => frame.getInt32(32, true));
  assert.ok(details.length < 15, `${details.length} readings`);
  assert.equal(details.at(-1), 1_999);
  assert.deepEqual(
    details,
    [...details].sort((x, y) => x - y),
    'in their order',
  );
});

test.run();
