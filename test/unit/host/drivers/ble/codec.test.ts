import fc from 'fast-check';
import { readAddress, writeAddress } from '../../../../../host/src/drivers/ble/address.ts';
import {
  decodeAdvertisement,
  encodeAdvertisement,
  type HeardSender,
} from '../../../../../host/src/drivers/ble/advertisement-codec.ts';
import { parsePlace } from '../../../../../host/src/drivers/ble/place-text.ts';
import {
  type BleRequest,
  DEFAULT_EXPIRY_MS,
  decodeBleRequest,
  encodeBleRequest,
  isSubscription,
} from '../../../../../host/src/drivers/ble/request-codec.ts';
import { canonicalUuid, readUuid, readUuidReversed, uuidBytes } from '../../../../../host/src/drivers/ble/uuid.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('layouts of Bluetooth');
const LONG = '6e400001-b5a3-f393-e0a9-e50e24dcca9e';
const path = { service: '181a', characteristic: canonicalUuid(LONG)! };
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const REQUESTS: readonly BleRequest[] = [
  { kind: 'read', path, expiryMs: 250 },
  { kind: 'write', path, data: Uint8Array.of(1, 2, 255), withResponse: true, expiryMs: 1_000 },
  { kind: 'write', path, data: new Uint8Array(0), withResponse: false, expiryMs: 1_000 },
  { kind: 'subscribe', path },
  { kind: 'unsubscribe', path },
  { kind: 'unsubscribe', path: undefined },
  { kind: 'connection' },
  { kind: 'advertisements' },
];

test('a request has the layout of docs/ble.md', () => {
  const uuids = '0000181a00001000800000805f9b34fb6e400001b5a3f393e0a9e50e24dcca9e';
  const none = '00'.repeat(32);
  const name = hexOf(Buffer.from('boiler'));
  assert.deepEqual(
    REQUESTS.map((request) => hexOf(encodeBleRequest(request, 'boiler'))),
    [
      `00060000fa000000${uuids}${name}`,
      `01060300e8030000${uuids}0102ff${name}`,
      `02060000e8030000${uuids}${name}`,
      `0306000000000000${uuids}${name}`,
      `0406000000000000${uuids}${name}`,
      `0406000000000000${none}${name}`,
      `0506000000000000${none}${name}`,
      `0606000000000000${none}${name}`,
    ],
  );
  assert.deepEqual(
    REQUESTS.map((request) => isSubscription(encodeBleRequest(request, 'x'))),
    [false, false, false, true, false, false, true, true],
  );
});

test('a request is decoded to what was encoded, and refused when any byte is missing or too many', () => {
  for (const request of REQUESTS) {
    const payload = encodeBleRequest(request, 'boiler');
    assert.deepEqual(decodeBleRequest(payload), request);
    for (let end = 0; end < payload.length; end++) assert.equal(decodeBleRequest(payload.subarray(0, end)), undefined);
    assert.equal(decodeBleRequest(Buffer.concat([payload, Buffer.alloc(1)])), undefined);
  }
  const now = decodeBleRequest(encodeBleRequest({ kind: 'read', path, expiryMs: 0 }, 'b'));
  assert.deepEqual(now, { kind: 'read', path, expiryMs: DEFAULT_EXPIRY_MS });
});

test('a request with something that its function does not use is refused', () => {
  const bend = (request: BleRequest, at: number, value: number): Uint8Array => {
    const payload = encodeBleRequest(request, 'b');
    payload[at] = value;
    return payload;
  };
  const [read, write, , subscribe, , endAll, connection] = REQUESTS as BleRequest[];
  for (const payload of [
    bend(read!, 0, 7),
    bend(subscribe!, 4, 1),
    bend(connection!, 4, 1),
    bend(connection!, 8, 1),
    bend(endAll!, 30, 1),
    bend(write!, 1, 0),
    encodeBleRequest({ ...(write as Extract<BleRequest, { kind: 'write' }>), data: new Uint8Array(513) }, 'b'),
    encodeBleRequest({ kind: 'read', path: { service: '0'.repeat(32), characteristic: '2a6e' }, expiryMs: 1 }, 'b'),
  ])
    assert.equal(decodeBleRequest(payload), undefined, hexOf(payload));
});

/** Objects like those of literals. */
const PLAIN = { noNullPrototype: true } as const;
const uuid = fc
  .oneof(fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 4, maxLength: 4 }), fc.uuid())
  .map((text) => canonicalUuid(text)!);
const pathOf = fc.record({ service: uuid, characteristic: uuid }, PLAIN);
const expiryMs = fc.integer({ min: 1, max: 0xffff_ffff });
const request: fc.Arbitrary<BleRequest> = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), path: pathOf, expiryMs }, PLAIN),
  fc.record(
    {
      ...{ kind: fc.constant('write' as const), path: pathOf, expiryMs, withResponse: fc.boolean() },
      data: fc.uint8Array({ maxLength: 512 }),
    },
    PLAIN,
  ),
  fc.record({ kind: fc.constantFrom('subscribe' as const, 'unsubscribe' as const), path: pathOf }, PLAIN),
);

test('every request survives the round trip, and no bytes make the decoder fail', () => {
  fc.assert(
    fc.property(request, fc.string({ minLength: 1, maxLength: 60 }), (made, device) => {
      assert.deepEqual(decodeBleRequest(encodeBleRequest(made, device)), made);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void decodeBleRequest(bytes)));
});

const sender: fc.Arbitrary<HeardSender> = fc.record(
  {
    address: fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => readAddress(bytes, 0)),
    addressType: fc.constantFrom('public', 'random'),
    isConnectable: fc.boolean(),
    rssi: fc.integer({ min: -127, max: 127 }),
    data: fc.uint8Array({ maxLength: 255 }),
    response: fc.uint8Array({ maxLength: 255 }),
  },
  PLAIN,
);

test('an advertisement has the layout of docs/ble.md, survives the round trip, and is refused when it is cut', () => {
  const heard: HeardSender = {
    ...{ address: 'A4:C1:38:01:02:03', addressType: 'random', isConnectable: true, rssi: -75 },
    ...{ data: Uint8Array.of(2, 1, 6), response: Uint8Array.of(2, 8, 65) },
  };
  const payload = encodeAdvertisement(heard);
  assert.equal(hexOf(payload), 'a4c1380102030101b5000300020106020841');
  for (let end = 0; end < 15; end++) assert.equal(decodeAdvertisement(payload.subarray(0, end)), undefined);
  fc.assert(fc.property(sender, (made) => assert.deepEqual(decodeAdvertisement(encodeAdvertisement(made)), made)));
});

test('addresses are written as they are printed, and read as controllers send them', () => {
  const bytes = new Uint8Array(6);
  writeAddress('A4:C1:38:01:02:0F', bytes, 0);
  assert.equal(hexOf(bytes), 'a4c13801020f');
  assert.equal(readAddress(bytes.slice().reverse(), 0), 'A4:C1:38:01:02:0F');
});

test('a UUID has one spelling, whatever it is written like', () => {
  for (const text of ['2A6E', '2a6e', '00002a6e-0000-1000-8000-00805f9b34fb', '00002A6E00001000800000805F9B34FB'])
    assert.equal(canonicalUuid(text), '2a6e', text);
  assert.equal(canonicalUuid(LONG.toUpperCase()), LONG.replaceAll('-', ''));
  assert.equal(canonicalUuid('12345678-0000-1000-8000-00805f9b34fb'), '1234567800001000800000805f9b34fb');
  for (const text of ['', '2a6', '2a6g', '2a6e5', `${LONG}0`, LONG.slice(1), '2a-6e', ' 2a6e'])
    assert.equal(canonicalUuid(text), undefined, text);
  assert.equal(readUuid(uuidBytes('2a6e'), 0), '2a6e');
  assert.equal(readUuidReversed(Uint8Array.of(0x6e, 0x2a), 0, 2), '2a6e');
  assert.equal(readUuidReversed(uuidBytes(canonicalUuid(LONG)!).reverse(), 0, 16), canonicalUuid(LONG));
});

test('a place is a service, or a characteristic of it, and nothing else', () => {
  assert.deepEqual(parsePlace('180F'), { service: '180f' });
  assert.deepEqual(parsePlace(`181a/${LONG}`), path);
  for (const text of ['', '/', '181a/', '/2a6e', '181a/2a6e/2902', '181a 2a6e', 'battery'])
    assert.equal(parsePlace(text), undefined, text);
});

test.run();
