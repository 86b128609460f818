import { STATUS } from '../../../../../host/src/abi/constants.ts';
import { encodeModbusRequest } from '../../../../../host/src/drivers/modbus/encode-request.ts';
import type { ModbusGrant } from '../../../../../host/src/drivers/modbus/grant.ts';
import { compileModbusGuard } from '../../../../../host/src/drivers/modbus/guard.ts';
import type { PduRequest } from '../../../../../host/src/drivers/modbus/request.ts';
import { GatehouseError } from '../../../../../host/src/errors.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { identifyOf, maskWriteOf, readOf, readWriteOf, writeOf } from '../driver-rig.ts';

const test = suite('modbus grants');
const POLLS = { pump: { fast: ['holding:0-9'], slow: ['input:0'] }, meter: {} };

const grant = (changes: Partial<ModbusGrant>): ModbusGrant => ({
  device: 'pump',
  read: [],
  write: [],
  poll: [],
  ...changes,
});
const read = (address: string, device = 'pump') => encodeModbusRequest(readOf(address), device);
const write = (address: string, values: readonly number[], device = 'pump') =>
  encodeModbusRequest(writeOf(address, values), device);
const encode = (request: PduRequest, device = 'pump') => encodeModbusRequest(request, device);
const subscribe = (poll: string, device = 'pump') =>
  encodeModbusRequest({ kind: 'subscribe', poll: new TextEncoder().encode(poll) }, device);

const guard = compileModbusGuard(
  [
    grant({
      read: ['holding:10-19', 'holding:20-24', 'holding:15-17', 'discrete:0'],
      write: ['coil:1', 'holding:5-6'],
      poll: ['fast'],
      identification: true,
    }),
    grant({ device: 'meter', read: ['input:0-3'] }),
  ],
  POLLS,
);

for (const [what, payload, expected] of [
  ['the whole of a granted range', read('holding:10-19'), STATUS.ok],
  ['a part of it', read('holding:12'), STATUS.ok],
  ['two neighbouring ranges together', read('holding:10-24'), STATUS.ok],
  ['one register before it', read('holding:9-10'), STATUS.denied],
  ['one register behind it', read('holding:24-25'), STATUS.denied],
  ['the same addresses of another table', read('input:10'), STATUS.denied],
  ['a table granted apart', read('discrete:0'), STATUS.ok],
  ['a coil that is granted for writing', write('coil:1', [1]), STATUS.ok],
  ['several coils of which one is granted', write('coil:1-2', [1, 1]), STATUS.denied],
  ['a read of what may only be written', read('coil:1'), STATUS.denied],
  ['a write of what may only be read', write('holding:10', [1]), STATUS.denied],
  ['one register', write('holding:6', [1]), STATUS.ok],
  ['all registers granted for writing', write('holding:5-6', [1, 2]), STATUS.ok],
  ['one register more', write('holding:5-7', [1, 2, 3]), STATUS.denied],
  ['bits of a register granted for writing', encode(maskWriteOf(6, 1, 2)), STATUS.ok],
  ['bits of a register granted for reading', encode(maskWriteOf(10, 1, 2)), STATUS.denied],
  ['a write and a read that are both granted', encode(readWriteOf('holding:10-24', 5, [1, 2])), STATUS.ok],
  ['a granted write with a read that is not', encode(readWriteOf('holding:9', 5, [1])), STATUS.denied],
  ['a granted write with a read of itself', encode(readWriteOf('holding:5', 5, [1])), STATUS.denied],
  ['a granted read with a write that is not', encode(readWriteOf('holding:10', 10, [1])), STATUS.denied],
  ['a granted read with a write of one register more', encode(readWriteOf('holding:10', 5, [1, 2, 3])), STATUS.denied],
  ['the identification, where it is granted', encode(identifyOf(3)), STATUS.ok],
  ['the identification, where it is not', encode(identifyOf(1), 'meter'), STATUS.denied],
  ['a granted poll', subscribe('fast'), STATUS.ok],
  ['a poll that is not granted', subscribe('slow'), STATUS.denied],
  ['the beginning of the name of a granted poll', subscribe('fas'), STATUS.denied],
  ['a poll of another device', subscribe('fast', 'meter'), STATUS.denied],
  ['another device', read('input:0-3', 'meter'), STATUS.ok],
  ['what another device has', read('input:0-3'), STATUS.denied],
  ['a device that does not exist', read('input:0', 'other'), STATUS.denied],
  ['a device whose name begins like a granted one', read('holding:10', 'pump2'), STATUS.denied],
  ['an empty payload', new Uint8Array(0), STATUS.invalid],
  ['a payload cut short', read('holding:10').subarray(0, 13), STATUS.invalid],
] as const) {
  test(`answers ${expected} to ${what}`, () => {
    assert.equal(guard.judge(payload), expected);
  });
}

test('joins grants for the same device', () => {
  const joined = compileModbusGuard([grant({ read: ['coil:0-3'] }), grant({ read: ['coil:4-7'] })], POLLS);
  assert.equal(joined.judge(read('coil:0-7')), STATUS.ok);
});

test('grants nothing by default', () => {
  assert.equal(compileModbusGuard([], POLLS).judge(read('coil:0')), STATUS.denied);
});

for (const [what, bad, code, path] of [
  ['a range that is none', grant({ read: ['holding:0', 'holding:x'] }), 'GRANT_INVALID', 'modbus[0].read[1]'],
  ['a write of discrete inputs', grant({ write: ['discrete:1'] }), 'GRANT_INVALID', 'modbus[0].write[0]'],
  ['a device that is not configured', grant({ device: 'other' }), 'GRANT_UNKNOWN_DEVICE', 'modbus[0].device'],
  [
    'a device named like something every object has',
    grant({ device: 'constructor' }),
    'GRANT_UNKNOWN_DEVICE',
    'modbus[0].device',
  ],
  ['a poll that is not declared', grant({ poll: ['fast', 'toString'] }), 'GRANT_UNKNOWN_DEVICE', 'modbus[0].poll[1]'],
  [
    'a fail-safe write of several coils',
    grant({ failSafe: { address: 'coil:0-1', value: 1, afterSeconds: 1 } }),
    'GRANT_INVALID',
    'modbus[0].failSafe.address',
  ],
  [
    'a fail-safe value that does not fit a coil',
    grant({ failSafe: { address: 'coil:0', value: 2, afterSeconds: 1 } }),
    'GRANT_INVALID',
    'modbus[0].failSafe.value',
  ],
] as const) {
  test(`refuses ${what}, naming the place`, () => {
    assert.throws(
      () => compileModbusGuard([bad], POLLS),
      (error) => error instanceof GatehouseError && error.code === code && error.details['path'] === path,
    );
  });
}

test.run();
