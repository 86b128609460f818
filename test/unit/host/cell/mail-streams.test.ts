import { EVENT, STATUS } from '../../../../host/src/abi/constants.ts';
import { Mail } from '../../../../host/src/cell/mail.ts';
import { BLE_LIMITS } from '../../../../host/src/drivers/ble/limits.ts';
import { encodeBleRequest } from '../../../../host/src/drivers/ble/request-codec.ts';
import { pull, puppetWasm, SCRATCH, type Step } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TestCell } from '../../../lib/test-cell.ts';

const test = suite('answers that stream to a paused module');
const FRAME_BYTES = 48;
const frameOf = (number: number): Uint8Array => {
  const frame = new Uint8Array(FRAME_BYTES);
  const header = new DataView(frame.buffer);
  header.setUint16(0, EVENT.answer, true);
  header.setUint32(4, FRAME_BYTES, true);
  header.setUint32(32, number, true);
  return frame;
};
const numberOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint32(32, true);

test('[ABI-5.8] all of a stream wait in their order, as long as there is room; then the rest is dropped', () => {
  const mail = new Mail({ requests: 4, answerBytes: BLE_LIMITS.valueBytes, streamBytes: 1_000 });
  const kept = Array.from({ length: 30 }, (_, number) => mail.putStream(frameOf(number)));
  assert.deepEqual(
    kept,
    kept.map((_, number) => number < Math.floor(1_000 / (FRAME_BYTES + 8))),
  );
  const count = kept.filter(Boolean).length;
  for (let number = 0; number < 5; number++) assert.equal(numberOf(mail.take().frame), number);
  for (let number = 100; number < 105; number++) assert.equal(mail.putStream(frameOf(number)), true);
  assert.equal(mail.putStream(frameOf(105)), false);
  const rest = Array.from({ length: count }, () => numberOf(mail.take().frame));
  assert.deepEqual(rest.slice(-5), [100, 101, 102, 103, 104]);
  assert.equal(mail.isEmpty, true);
});

test('a stream takes no room from answers that somebody waits for, nor from direct methods', () => {
  const mail = new Mail({ requests: 4, answerBytes: BLE_LIMITS.valueBytes, streamBytes: 100_000 });
  for (let number = 0; mail.putStream(frameOf(number)); number++);
  for (let request = 1; request <= 4; request++)
    assert.equal(mail.putAnswer(new Uint8Array(BLE_LIMITS.valueBytes + 40), undefined), true);
  assert.equal(mail.putEvent(new Uint8Array(131_072)), true);
});

test('[ABI-5.8] an answer "cancelled" ends a subscription, and its place among the pending requests is free', () => {
  const cell = new TestCell();
  const grant = { device: 'air', read: [], write: [], notify: [], advertisements: true };
  const a = cell.install('a', puppetWasm(['ble']), { ble: [grant] });
  cell.cell.start(a);
  const request = Buffer.from(encodeBleRequest({ kind: 'advertisements' }, 'air')).toString('latin1');
  const ask: Step[] = [
    ['poke', SCRATCH, request],
    ['ble.request', SCRATCH, request.length],
  ];
  pull(cell, a, ...ask);
  const pending = () => cell.cell.status().modules[0]?.pendingRequests;
  assert.equal(pending(), 1);
  cell.answer(a, 1, 1, STATUS.ok, 1, new Uint8Array(12));
  cell.settle();
  assert.equal(pending(), 1);
  cell.answer(a, 1, 1, STATUS.cancelled, 0, new Uint8Array(0));
  cell.settle();
  assert.equal(pending(), 0);
});

test.run();
