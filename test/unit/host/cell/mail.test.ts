import { EVENT, STATUS } from '../../../../host/src/abi/constants.ts';
import { TO_CELL, TO_HOST } from '../../../../host/src/bridge/frames.ts';
import { StateStore } from '../../../../host/src/cell/state-store.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';

const test = suite('what waits for a paused module');
const FORWARDED = 'FROM /messages/modules/a/outputs/seen INTO BrokeredEndpoint("/modules/b/inputs/in")';

/** Reads a holding register of the pump. */
const READ = '\x03\x04\0\0\x01\0\0\0\0\0\0\0pump';

/** `a` is paused because the input of `b`, which is stopped, is full. */
function pausedModule(requests = 0): { cell: TestCell; a: number; b: number } {
  const cell = new TestCell();
  const spec = { modbus: [{ device: 'pump', read: ['holding:0-3'], write: [], poll: [] }], polls: { pump: {} } };
  const a = cell.install('a', puppetWasm(['modbus']), { ...spec, limits: { ...DEFAULT_LIMITS, messageBytes: 256 } });
  const b = cell.install('b', puppetWasm(), { inputs: { in: { bytes: 1_024, policy: 'wait' } } });
  cell.routes(FORWARDED, 'FROM /messages/modules/b/* INTO $upstream');
  cell.cell.start(a);
  for (let made = 0; made < requests; made++) pull(cell, a, ['poke', SCRATCH, READ], ['modbus.request', SCRATCH, 16]);
  const emits: Step[] = Array.from({ length: 4 }, () => ['message.emit', 1, 0, 0, 0, 100_000, 200]);
  pull(cell, a, ...emits);
  pull(cell, a, ['return', 0]);
  assert.equal(cell.cell.status().modules[0]?.isPaused, true);
  cell.takeEffects();
  return { cell, a, b };
}

function desire(cell: TestCell, slot: number, version: number, patch: string, complete: string): void {
  const bytes = Buffer.from(complete + patch);
  cell.fromHost.write(TO_CELL.desired, slot, 2, complete.length, version, bytes);
  cell.fromHost.commit();
}

function fillMail(cell: TestCell, slot: number): void {
  for (let call = 1000; call < 1012; call++) {
    cell.call(slot, call, 'script__', '\0'.repeat(30_000));
    cell.settle();
  }
  assert.ok(cell.counters('a').mailDropped > 0, 'the mail is full');
}

test('[ABI-4.9] a direct method for which a paused module has no room is answered with 429', () => {
  const { cell, a } = pausedModule();
  fillMail(cell, a);
  const answers = cell.takeEffects(TO_HOST.respond).map((frame) => [frame.a, frame.b]);
  assert.equal(answers.length, cell.counters('a').mailDropped);
  assert.deepEqual(answers.at(-1), [1011, 429]);
});

test('[ABI-5.8] however many direct methods wait, each device request gets its answer', () => {
  const { pendingRequests } = DEFAULT_LIMITS;
  const { cell, a, b } = pausedModule(pendingRequests);
  const asked = cell.counters('a').events;
  fillMail(cell, a);
  const { mailDropped } = cell.counters('a');
  for (let request = 1; request <= pendingRequests; request++) {
    cell.answer(a, 1, request, STATUS.ok, 0, new Uint8Array(4_096));
    cell.settle();
  }
  assert.equal(cell.counters('a').mailDropped, mailDropped);
  assert.equal(cell.counters('a').events, asked, 'all of them wait');
  cell.cell.start(b);
  cell.settle();
  assert.equal(cell.cell.status().modules[0]?.pendingRequests, 0);
});

test('[ABI-5.6] desired properties that find no room in the mail are delivered as a whole later', () => {
  const { cell, a, b } = pausedModule();
  fillMail(cell, a);
  desire(cell, a, 7, `{"x":"${'y'.repeat(30_100)}"}`, '{"all":1}');
  cell.settle();
  const before = cell.counters('a').events;
  cell.cell.start(b);
  cell.settle();
  assert.ok(cell.counters('a').events > before);
  const frames = seen(cell, b)
    .filter((frame) => frame.getUint16(0, true) === EVENT.message)
    .map((frame) => new DataView(frame.buffer, frame.byteOffset + 56, frame.getUint32(52, true)))
    .filter((frame) => frame.byteLength > 32 && frame.getUint16(0, true) === EVENT.desired);
  const last = frames.at(-1) as DataView;
  assert.equal(last.getUint32(24, true), 1, 'complete');
  assert.equal(last.getBigUint64(32, true), 7n);
});

test('[ABI-5.2] an event that had to wait carries the time at which it is delivered', () => {
  const { cell, a, b } = pausedModule();
  desire(cell, a, 7, '{"x":1}', '{"x":1}');
  cell.settle();
  cell.advance(5_000);
  cell.cell.start(b);
  cell.settle();
  const delivered = seen(cell, b)
    .filter((frame) => frame.getUint16(0, true) === EVENT.message)
    .map((frame) => new DataView(frame.buffer, frame.byteOffset + 56, frame.getUint32(52, true)))
    .filter((frame) => frame.byteLength > 40 && frame.getUint16(0, true) === EVENT.desired)
    .at(-1) as DataView;
  assert.equal(delivered.getBigUint64(32, true), 7n);
  assert.equal(delivered.getFloat64(8, true), cell.time);
  assert.equal(delivered.getFloat64(16, true), cell.monotonic);
});

test('[ABI-4.9] a method for which nobody waits any more cannot be answered, nor is it called', () => {
  const { cell, a, b } = pausedModule();
  cell.call(a, 2000, 'script__', '\x01\0\0\0');
  cell.settle();
  cell.fromHost.write(TO_CELL.methodOver, a, 2000, 0, 0, new Uint8Array());
  cell.fromHost.commit();
  cell.cell.start(b);
  cell.settle();
  assert.equal(cell.counters('a').trapped, 0, 'its script would trap');
  assert.deepEqual(cell.takeEffects(TO_HOST.respond), []);
});

test('[ABI-3.3] the answer to a refused method comes, if not at once, when the host has made room', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  cell.cell.start(a);
  cell.settle();
  while (cell.toHost.write(0, a, 0, 0, 0, new Uint8Array(8)));
  cell.toHost.commit();
  const { call } = pull(cell, a, ['return', 7]);
  cell.collect();
  cell.advance(1);
  const answers = cell.takeEffects(TO_HOST.respond);
  assert.deepEqual(
    answers.map((frame) => [frame.a, frame.b]),
    [[call, 500]],
  );
});

test('[ABI-4.10] an event that makes and removes keys keeps none of them', () => {
  const store = new StateStore(1_000);
  store.set('kept', 4, new Uint8Array(10));
  store.commit();
  for (let n = 0; n < 100; n++) {
    assert.equal(store.set(`k${n}`, 4, new Uint8Array(10)), STATUS.ok);
    assert.equal(store.remove(`k${n}`, 4), STATUS.ok);
  }
  assert.equal(store.pendingWrites, 0);
  store.remove('kept', 4);
  store.rollback();
  assert.equal(store.get('kept')?.byteLength, 10);
  assert.equal(store.usedBytes, 78);
});

test('[ABI-3.1] who sent a message cannot be claimed by a property', () => {
  const cell = new TestCell();
  const a = cell.install('a', puppetWasm());
  const b = cell.install('b', puppetWasm());
  cell.routes(
    `FROM /messages/* WHERE $connectionModuleId = 'guard' OR $outputName = 'stop' INTO BrokeredEndpoint("/modules/b/inputs/in")`,
    'FROM /messages/modules/b/* INTO $upstream',
  );
  for (const slot of [a, b]) cell.cell.start(slot);
  for (const [key, value] of [
    ['$connectionModuleId', 'guard'],
    ['$CONNECTIONmoduleid', 'guard'],
    ['$outputName', 'stop'],
  ] as const) {
    const block = `${String.fromCharCode(key.length, 0, value.length, 0)}${key}${value}`;
    pull(cell, a, ['poke', SCRATCH, block], ['message.emit', 1, 0, SCRATCH, block.length, SCRATCH, 0]);
  }
  assert.equal(cell.cell.status().routes[0]?.matched, 0);
});

test.run();
