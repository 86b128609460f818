import { STATUS } from '../../../../../host/src/abi/constants.ts';
import { compileSerialGuard } from '../../../../../host/src/drivers/serial/guard.ts';
import {
  DATA_BYTES_MAX,
  decodeSerialRequest,
  encodeSerialRequest,
  type SerialRequest,
} from '../../../../../host/src/drivers/serial/request-codec.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('serial requests');
const DATA = Uint8Array.of(1, 2, 3);
const SUBSCRIBE: SerialRequest = { kind: 'subscribe' };
const WRITE: SerialRequest = { kind: 'write', data: DATA, expiryMs: 250 };
const EXCHANGE: SerialRequest = { kind: 'exchange', data: DATA, expiryMs: 4_000_000_000 };

test('are laid out as docs/serial.md draws them', () => {
  const hex = (request: SerialRequest) => Buffer.from(encodeSerialRequest(request, 'gps')).toString('hex');
  assert.equal(hex(SUBSCRIBE), '0003000000000000677073');
  assert.equal(hex(WRITE), '01030300fa000000010203677073');
  assert.equal(hex(EXCHANGE), '0203030000286bee010203677073');
});

test('decode to what was encoded; an expiry of 0 means 1000 ms', () => {
  for (const request of [SUBSCRIBE, WRITE, EXCHANGE])
    assert.deepEqual(decodeSerialRequest(encodeSerialRequest(request, 'gps')), request);
  const decoded = decodeSerialRequest(encodeSerialRequest({ ...WRITE, expiryMs: 0 }, 'gps'));
  assert.equal(decoded?.kind === 'write' && decoded.expiryMs, 1_000);
});

test('that are cut off or longer than their fields say are refused', () => {
  for (const request of [SUBSCRIBE, WRITE, EXCHANGE]) {
    const payload = encodeSerialRequest(request, 'gps');
    for (let length = 0; length < payload.length; length++)
      assert.equal(decodeSerialRequest(payload.slice(0, length)), undefined, `${request.kind} of ${length} bytes`);
    assert.equal(decodeSerialRequest(Uint8Array.of(...payload, 0)), undefined);
  }
});

test('with a function that does not exist, no name, no data or too much are refused', () => {
  const changed = (request: SerialRequest, at: number, value: number) => {
    const payload = encodeSerialRequest(request, 'gps');
    payload[at] = value;
    return decodeSerialRequest(payload);
  };
  assert.equal(changed(WRITE, 0, 3), undefined);
  assert.equal(changed(SUBSCRIBE, 4, 1), undefined);
  assert.equal(decodeSerialRequest(encodeSerialRequest(WRITE, '')), undefined);
  assert.equal(decodeSerialRequest(encodeSerialRequest({ ...WRITE, data: new Uint8Array(0) }, 'gps')), undefined);
  const data = new Uint8Array(DATA_BYTES_MAX);
  assert.ok(decodeSerialRequest(encodeSerialRequest({ ...WRITE, data }, 'gps')));
  const more = new Uint8Array(DATA_BYTES_MAX + 1);
  assert.equal(decodeSerialRequest(encodeSerialRequest({ ...WRITE, data: more }, 'gps')), undefined);
});

test('pass when they are granted: reading to subscribe, writing for the rest', () => {
  const guard = compileSerialGuard(
    [
      { device: 'gps', read: true, write: false },
      { device: 'scale', read: false, write: true },
    ],
    ['gps', 'scale', 'other'],
  );
  const judge = (request: SerialRequest, device: string) => guard.judge(encodeSerialRequest(request, device));
  assert.equal(judge(SUBSCRIBE, 'gps'), STATUS.ok);
  assert.equal(judge(WRITE, 'gps'), STATUS.denied);
  assert.equal(judge(SUBSCRIBE, 'scale'), STATUS.denied);
  assert.equal(judge(WRITE, 'scale'), STATUS.ok);
  assert.equal(judge(EXCHANGE, 'scale'), STATUS.ok);
  assert.equal(judge(WRITE, 'other'), STATUS.denied);
  assert.equal(guard.judge(new Uint8Array(4)), STATUS.invalid);
  assert.equal(guard.isSubscription(encodeSerialRequest(SUBSCRIBE, 'gps')), true);
  assert.equal(guard.isSubscription(encodeSerialRequest(WRITE, 'gps')), false);
});

test('of a grant on a port that the gateway does not have are not judged at all', () => {
  assert.throws(() => compileSerialGuard([{ device: 'gps', read: true, write: false }], []), {
    code: 'GRANT_UNKNOWN_DEVICE',
  });
});

test.run();
