import { EVENT, STATUS } from '../../../../host/src/abi/constants.ts';
import { encodeSerialRequest } from '../../../../host/src/drivers/serial/request-codec.ts';
import { pull, puppetWasm, SCRATCH, type Step, seen } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';

const test = suite('frames of a serial port for a paused module');
const SUBSCRIBE = Buffer.from(encodeSerialRequest({ kind: 'subscribe' }, 'gps'));

/** `a` has subscribed to a port, and is paused because the input of `b`, which is stopped, is full. */
function pausedSubscriber(): { cell: TestCell; a: number; b: number } {
  const cell = new TestCell();
  const serial = [{ device: 'gps', read: true, write: false }];
  const a = cell.install('a', puppetWasm(['serial']), { serial, limits: { ...DEFAULT_LIMITS, messageBytes: 256 } });
  const b = cell.install('b', puppetWasm(), { inputs: { in: { bytes: 1_024, policy: 'wait' } } });
  const route = 'FROM /messages/modules/a/outputs/seen INTO BrokeredEndpoint("/modules/b/inputs/in")';
  cell.routes(
    route,
    'FROM /messages/modules/b/* INTO $upstream',
    'FROM /messages/modules/a/outputs/results INTO $upstream',
  );
  cell.cell.start(a);
  const ask: Step[] = [
    ['poke', SCRATCH, SUBSCRIBE.toString('latin1')],
    ['serial.request', SCRATCH, SUBSCRIBE.byteLength],
  ];
  assert.deepEqual(pull(cell, a, ...ask).results, [1]);
  pull(cell, a, ...Array.from({ length: 4 }, (): Step => ['message.emit', 1, 0, 0, 0, 100_000, 200]));
  pull(cell, a, ['return', 0]);
  assert.equal(cell.cell.status().modules[0]?.isPaused, true);
  cell.takeEffects();
  return { cell, a, b };
}

/** The detail of each frame that reached `b` by way of `a`, once `b` takes them. */
function delivered(cell: TestCell, b: number): number[] {
  cell.cell.start(b);
  cell.settle();
  return seen(cell, b)
    .filter((frame) => frame.getUint16(0, true) === EVENT.message)
    .map((frame) => new DataView(frame.buffer, frame.byteOffset + 56))
    .filter((frame) => frame.getUint16(0, true) === EVENT.answer)
    .map((frame) => frame.getInt32(32, true));
}

function frames(cell: TestCell, a: number, count: number, bytes: number): void {
  for (let n = 0; n < count; n++) {
    cell.answer(a, 1, 1, STATUS.ok, n, new Uint8Array(bytes));
    cell.settle();
  }
}

test('[ABI-5.8] every frame of a serial port is delivered, in order, when the module goes on', () => {
  const { cell, a, b } = pausedSubscriber();
  frames(cell, a, 200, 80);
  assert.deepEqual(
    delivered(cell, b),
    Array.from({ length: 200 }, (_, n) => n),
  );
  assert.equal(cell.counters('a').mailDropped, 0);
});

test('[ABI-5.8] what is more than 65,536 bytes of frames is dropped and counted, and direct methods find room all the same', () => {
  const { cell, a, b } = pausedSubscriber();
  frames(cell, a, 100, 4_000);
  const { mailDropped } = cell.counters('a');
  assert.ok(mailDropped > 80 && mailDropped < 88, `${mailDropped} dropped`);
  cell.call(a, 1_000, 'script__', '\0'.repeat(30_000));
  cell.settle();
  assert.equal(cell.counters('a').mailDropped, mailDropped);
  const kept = 100 - mailDropped;
  // Frames of this length do not fit an output of 256 bytes, so that `a` says nothing of them.
  assert.deepEqual(delivered(cell, b), []);
  assert.ok(cell.counters('a').events >= kept);
});

test.run();
