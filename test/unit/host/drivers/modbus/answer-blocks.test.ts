import { decodeAnswer, encodeReadAnswer } from '../../../../../host/src/drivers/modbus/answer-blocks.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('modbus answer blocks');

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test('turns registers from big to little-endian and pads to a multiple of 4', () => {
  const payload = encodeReadAnswer({ table: 3, address: 0x0102, count: 3 }, bytes('ffff 1234 0001 8000'), 2);
  assert.deepEqual(payload, bytes('03 00 0201 0300 0000 3412 0100 0080 0000'));
});

test('gives each bit a value of its own, lowest bit first', () => {
  const payload = encodeReadAnswer({ table: 2, address: 5, count: 10 }, bytes('cd02'), 0);
  assert.deepEqual(payload, bytes('02 00 0500 0a00 0000 0100 0000 0100 0100 0000 0000 0100 0100 0000 0100'));
});

test('reads several blocks back', () => {
  const first = encodeReadAnswer({ table: 3, address: 7, count: 1 }, bytes('0009'), 0);
  const second = encodeReadAnswer({ table: 1, address: 0, count: 2 }, bytes('02'), 0);
  assert.deepEqual(decodeAnswer(Uint8Array.of(...first, ...second)), [
    { table: 3, address: 7, count: 1, values: [9] },
    { table: 1, address: 0, count: 2, values: [0, 1] },
  ]);
});

test('refuses blocks that are cut short or of no table', () => {
  const whole = encodeReadAnswer({ table: 3, address: 7, count: 2 }, bytes('00090008'), 0);
  for (let length = 1; length < whole.length; length++)
    assert.equal(decodeAnswer(whole.subarray(0, length)), undefined);
  assert.equal(decodeAnswer(Uint8Array.of(5, ...whole.subarray(1))), undefined);
});

test.run();
