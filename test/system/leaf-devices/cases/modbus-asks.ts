import { decodeAnswer } from '../../../../host/src/drivers/modbus/answer-blocks.ts';
import { encodeModbusRequest } from '../../../../host/src/drivers/modbus/encode-request.ts';
import { assert } from '../../../lib/suite.ts';
import { readOf, writeOf } from '../../../unit/host/drivers/driver-rig.ts';
import type { LeafBench, LeafGateway } from '../leaf-case.ts';

const DEVICE = 'unit';

/** What is asked of unit 5 of pymodbus, whatever leads there. */
export const MODBUS_ASKS: Omit<LeafGateway, 'config'> = {
  capability: 'modbus',
  grants: [{ device: DEVICE, read: ['holding:0-99', 'coil:0-99'], write: ['holding:50'], poll: ['all'] }],
  asks: [
    { request: encodeModbusRequest(readOf('holding:3-5'), DEVICE) },
    { request: encodeModbusRequest(readOf('coil:0-3'), DEVICE) },
    { request: encodeModbusRequest(writeOf('holding:50', [12_345]), DEVICE) },
    { request: encodeModbusRequest(readOf('holding:49-50'), DEVICE) },
    { request: encodeModbusRequest(readOf('holding:100'), DEVICE) },
    { request: encodeModbusRequest({ kind: 'subscribe', poll: Buffer.from('all') }, DEVICE), isSubscription: true },
  ],
};

export const MODBUS_POLLS = { all: { registers: ['holding:0-4', 'coil:0-1'], intervalMs: 100 } };

/** Checks the answers to all of it. */
export async function assertModbusAnswers(bench: LeafBench): Promise<void> {
  const valuesOf = (payload: Uint8Array) => decodeAnswer(payload)?.map(({ values }) => values);
  const wanted = [[[5003, 5004, 5005]], [[1, 0, 1, 0]], [], [[5049, 12_345]]];
  for (const [index, values] of wanted.entries()) {
    const { status, payload } = await bench.answer(index);
    assert.deepEqual([index, status, valuesOf(payload)], [index, 0, values]);
  }
  assert.equal((await bench.answer(4)).status, -2, 'outside the grant');
  const reading = await bench.answer(5, ({ status }) => status === 0);
  assert.deepEqual(valuesOf(reading.payload), [
    [5000, 5001, 5002, 5003, 5004],
    [1, 0],
  ]);
}
