import { crc16 } from '../../../../../../host/src/drivers/modbus/rtu/crc16.ts';
import { assert, suite } from '../../../../../lib/suite.ts';

const test = suite('modbus crc');
const crcOf = (bytes: Uint8Array): number => crc16(bytes, 0, bytes.length);

test('[MODBUS-SERIAL-6.2.2] is 1241 for the example of the specification', () => {
  assert.equal(crcOf(Uint8Array.of(0x02, 0x07)), 0x1241);
});

test('is 4b37 for the digits 1 to 9, as catalogues of CRCs have it', () => {
  assert.equal(crcOf(Buffer.from('123456789')), 0x4b37);
});

test('is 0 over a frame with its own check behind it, and not when any bit of it differs', () => {
  const frame = Buffer.from('01030000000ac5cd', 'hex');
  assert.equal(crcOf(frame), 0);
  for (let bit = 0; bit < 8 * frame.length; bit++) {
    const changed = Buffer.from(frame);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.notEqual(crcOf(changed), 0, `bit ${bit}`);
  }
});

test.run();
