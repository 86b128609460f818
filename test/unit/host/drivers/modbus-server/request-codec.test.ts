import { STATUS } from '../../../../../host/src/abi/constants.ts';
import { compileModbusServerGuard } from '../../../../../host/src/drivers/modbus-server/guard.ts';
import {
  decodeModbusServerRequest,
  encodeModbusServerRequest,
  type ModbusServerRequest,
} from '../../../../../host/src/drivers/modbus-server/request-codec.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { grant } from './server-rig.ts';

const test = suite('requests to a modbus server');
const set = (table: 1 | 2 | 3 | 4, address: number, ...values: number[]): ModbusServerRequest => ({
  ...{ kind: 'set', table, address, values: Uint16Array.from(values) },
});
const hex = (request: ModbusServerRequest) => Buffer.from(encodeModbusServerRequest(request, 'ab')).toString('hex');
const name = '6162';

test('have the layout of docs/modbus-server.md, and decode to what they were', () => {
  assert.equal(hex({ kind: 'take', waitMs: 250 }), `000200000000 0000 fa000000 ${name}`.replaceAll(' ', ''));
  assert.equal(hex(set(3, 0x0102, 0x0304, 0xffff)), `030202010200 0000 00000000 0403ffff ${name}`.replaceAll(' ', ''));
  assert.equal(hex(set(1, 7, 1, 0, 1)), `010207000300 0000 00000000 010001 ${name}`.replaceAll(' ', ''));
  for (const request of [
    set(2, 65_535, 1),
    set(4, 0, ...new Array(2_000).fill(7)),
    { kind: 'take', waitMs: 1 },
  ] as const)
    assert.deepEqual(decodeModbusServerRequest(encodeModbusServerRequest(request, 'scada')), request);
  const forever = encodeModbusServerRequest({ kind: 'take', waitMs: 0 }, 'scada');
  assert.deepEqual(decodeModbusServerRequest(forever), { kind: 'take', waitMs: 60_000 });
});

test('that are shorter, longer or otherwise than they say are refused', () => {
  const good = encodeModbusServerRequest(set(1, 10, 1, 0), 'scada');
  for (let length = 0; length < good.length; length++)
    assert.equal(decodeModbusServerRequest(good.subarray(0, length)), undefined, `${length} bytes`);
  assert.equal(decodeModbusServerRequest(Uint8Array.of(...good, 0)), undefined);
  const changed = (changes: Readonly<Record<number, number>>, from = good) => {
    const payload = from.slice();
    for (const [at, value] of Object.entries(changes)) payload[Number(at)] = value;
    return decodeModbusServerRequest(payload);
  };
  assert.ok(changed({}) !== undefined);
  const take = encodeModbusServerRequest({ kind: 'take', waitMs: 1 }, 'scada');
  for (const bad of [
    { 0: 5 },
    { 0: 0 },
    { 1: 0 },
    { 1: 4 },
    { 4: 1 },
    { 4: 3 },
    { 6: 1 },
    { 8: 1 },
    { 12: 2 },
    { 0: 3 },
  ])
    assert.equal(changed(bad), undefined, JSON.stringify(bad));
  for (const bad of [{ 2: 1 }, { 4: 1 }, { 11: 1 }]) assert.equal(changed(bad, take), undefined, JSON.stringify(bad));
  assert.equal(decodeModbusServerRequest(encodeModbusServerRequest(set(3, 65_535, 1, 2), 'scada')), undefined);
  const many = set(3, 0, ...new Array(2_001).fill(1));
  assert.equal(decodeModbusServerRequest(encodeModbusServerRequest(many, 'scada')), undefined);
});

test('pass the guard when every register is offered; taking needs something that is accepted', () => {
  const guard = compileModbusServerGuard(
    [...grant(['holding:0-4', 'holding:5-9', 'coil:3']), { device: 'other', offer: [], accept: ['coil:0'] }],
    ['scada', 'other'],
  );
  const judge = (request: ModbusServerRequest, device = 'scada') =>
    guard.judge(encodeModbusServerRequest(request, device));
  assert.equal(judge(set(3, 0, ...new Array(10).fill(1))), STATUS.ok);
  assert.equal(judge(set(1, 3, 1)), STATUS.ok);
  assert.equal(judge(set(3, 9, 1, 2)), STATUS.denied);
  assert.equal(judge(set(4, 0, 1)), STATUS.denied);
  assert.equal(judge(set(3, 0, 1), 'other'), STATUS.denied);
  assert.equal(judge(set(3, 0, 1), 'nowhere'), STATUS.denied);
  assert.equal(judge({ kind: 'take', waitMs: 0 }), STATUS.denied);
  assert.equal(judge({ kind: 'take', waitMs: 0 }, 'other'), STATUS.ok);
  assert.equal(guard.judge(new Uint8Array(3)), STATUS.invalid);
  assert.equal(guard.isSubscription(encodeModbusServerRequest({ kind: 'take', waitMs: 0 }, 'other')), false);
  assert.throws(() => compileModbusServerGuard(grant(['coil:0']), []), /no Modbus server "scada"/);
});

test.run();
