import { encodeModbusRequest } from '../../../../../host/src/drivers/modbus/encode-request.ts';
import { decodeModbusRequest } from '../../../../../host/src/drivers/modbus/request-codec.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { readWriteOf } from '../driver-rig.ts';

const test = suite('modbus request payload');

/** Written by hand from the layout of docs/modbus.md. */
const VECTORS = [
  [
    'reads ten holding registers',
    '03 04 0100 0a00 0000 00000000 70756d70',
    { kind: 'read', table: 3, address: 1, count: 10 },
  ],
  ['reads one coil', '01 04 ffff 0100 0000 00000000 70756d70', { kind: 'read', table: 1, address: 65_535, count: 1 }],
  [
    'writes one coil, to be sent within a second unless it says otherwise',
    '05 04 0100 0100 0000 00000000 01 70756d70',
    { kind: 'write', function: 5, table: 1, address: 1, count: 1, values: [1], expiryMs: 1_000 },
  ],
  [
    'writes one register',
    '06 04 0200 0100 0000 f4010000 3412 70756d70',
    { kind: 'write', function: 6, table: 3, address: 2, count: 1, values: [0x1234], expiryMs: 500 },
  ],
  [
    'writes three coils',
    '0f 04 0000 0300 0000 ffffffff 010001 70756d70',
    { kind: 'write', function: 15, table: 1, address: 0, count: 3, values: [1, 0, 1], expiryMs: 0xffff_ffff },
  ],
  [
    'writes two registers',
    '10 04 0a00 0200 0000 01000000 ffff0100 70756d70',
    { kind: 'write', function: 16, table: 3, address: 10, count: 2, values: [65_535, 1], expiryMs: 1 },
  ],
  [
    'changes bits of a register',
    '16 04 0400 0100 0000 f4010000 f200 2500 70756d70',
    { kind: 'mask-write', address: 4, andMask: 0xf2, orMask: 0x25, expiryMs: 500 },
  ],
  [
    'writes registers and reads others',
    '17 04 0300 0600 0000 01000000 0e00 0200 ff00 feff 70756d70',
    { kind: 'read-write', address: 3, count: 6, writeAddress: 14, values: [255, 0xfffe], expiryMs: 1 },
  ],
  [
    'asks for the extended identification',
    '2b 04 0000 0300 0000 00000000 70756d70',
    { kind: 'identify', level: 3, objectId: 0 },
  ],
  ['subscribes to a poll', '00 04 0000 0400 0000 00000000 66617374 70756d70', { kind: 'subscribe', poll: 'fast' }],
] as const;

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function decoded(payload: Uint8Array): unknown {
  const request = decodeModbusRequest(payload);
  if (request !== undefined && 'values' in request) return { ...request, values: [...request.values] };
  if (request?.kind === 'subscribe') return { ...request, poll: Buffer.from(request.poll).toString() };
  return request;
}

for (const [title, hex, expected] of VECTORS) {
  test(title, () => {
    assert.deepEqual(decoded(bytesOf(hex)), expected);
  });

  test(`${title}: refused when cut anywhere or one byte longer`, () => {
    const payload = bytesOf(hex);
    for (let length = 0; length < payload.length; length++) {
      assert.equal(decodeModbusRequest(payload.subarray(0, length)), undefined, `cut to ${length}`);
    }
    assert.equal(decodeModbusRequest(Uint8Array.of(...payload, 0)), undefined);
  });

  test(`${title}: encodes back`, () => {
    const request = decodeModbusRequest(bytesOf(hex))!;
    const expected = hex.startsWith('05') ? hex.replace('0000 00000000', '0000 e8030000') : hex;
    assert.deepEqual(encodeModbusRequest(request, 'pump'), bytesOf(expected));
  });
}

for (const [what, hex] of [
  ['a function that does not exist', '07 04 0000 0100 0000 00000000 70756d70'],
  ['a read of nothing', '03 04 0000 0000 0000 00000000 70756d70'],
  ['126 registers', '03 04 0000 7e00 0000 00000000 70756d70'],
  ['2,001 bits', '01 04 0000 d107 0000 00000000 70756d70'],
  ['addresses past the end', '03 04 ffff 0200 0000 00000000 70756d70'],
  ['a reserved field that is used', '03 04 0000 0100 0100 00000000 70756d70'],
  ['an expiry of a read', '03 04 0000 0100 0000 01000000 70756d70'],
  ['an address of a subscription', '00 04 0100 0400 0000 00000000 66617374 70756d70'],
  ['a coil value of 2', '05 04 0100 0100 0000 00000000 02 70756d70'],
  ['two values for one coil', '05 04 0100 0200 0000 00000000 0101 70756d70'],
  ['a mask for two registers', '16 04 0400 0200 0000 f4010000 f200 2500 70756d70'],
  ['a mask for no register', '16 04 0400 0000 0000 f4010000 f200 2500 70756d70'],
  ['a write with a read of nothing', '17 04 0300 0000 0000 01000000 0e00 0100 ff00 70756d70'],
  ['a write with a read of 126 registers', '17 04 0300 7e00 0000 01000000 0e00 0100 ff00 70756d70'],
  ['a read with a write of nothing', '17 04 0300 0100 0000 01000000 0e00 0000 70756d70'],
  ['a read with a write past the end', '17 04 0300 0100 0000 01000000 ffff 0200 ff00 ff00 70756d70'],
  ['a read past the end with a write', '17 04 ffff 0200 0000 01000000 0000 0100 ff00 70756d70'],
  ['a write that counts more than it has', '17 04 0300 0100 0000 01000000 0e00 0200 ff00 70756d70'],
  ['an identification of no level', '2b 04 0000 0000 0000 00000000 70756d70'],
  ['an identification of level 4', '2b 04 0000 0400 0000 00000000 70756d70'],
  ['an identification of an address', '2b 04 0100 0100 0000 00000000 70756d70'],
  ['an expiry of an identification', '2b 04 0000 0100 0000 01000000 70756d70'],
  ['a request without a device', '03 00 0000 0100 0000 00000000'],
  ['a poll without a name', '00 04 0000 0000 0000 00000000 70756d70'],
] as const) {
  test(`refuses ${what}`, () => {
    assert.equal(decodeModbusRequest(bytesOf(hex)), undefined);
  });
}

test('refuses more registers and coils than one write may have', () => {
  const write = (code: 15 | 16, count: number) =>
    encodeModbusRequest(
      {
        kind: 'write',
        function: 16,
        table: 3,
        address: 0,
        count,
        values: new Uint16Array(count),
        expiryMs: 1,
        ...(code === 15 ? { function: 15, table: 1 } : {}),
      },
      'pump',
    );
  assert.notEqual(decodeModbusRequest(write(16, 123)), undefined);
  assert.notEqual(decodeModbusRequest(write(15, 1968)), undefined);
  assert.equal(decodeModbusRequest(write(16, 124)), undefined);
  assert.equal(decodeModbusRequest(write(15, 1969)), undefined);
  const both = (count: number) =>
    encodeModbusRequest(readWriteOf('holding:0-124', 0, new Array(count).fill(7)), 'pump');
  assert.notEqual(decodeModbusRequest(both(121)), undefined);
  assert.equal(decodeModbusRequest(both(122)), undefined);
});

test('keeps nothing of the payload', () => {
  const payload = bytesOf('10 04 0a00 0200 0000 01000000 ffff0100 70756d70');
  const request = decodeModbusRequest(payload);
  payload.fill(0);
  assert.deepEqual(request?.kind === 'write' && [...request.values], [65_535, 1]);
});

test.run();
