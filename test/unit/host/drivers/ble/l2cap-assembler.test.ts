import { L2capAssembler } from '../../../../../host/src/drivers/ble/radio/l2cap-assembler.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('L2CAP packets in pieces');
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
/** A packet of three bytes for channel 4. */
const PACKET = bytes(3, 0, 4, 0, 7, 8, 9);

test('a packet is whole in whatever pieces it comes, and the next one too', () => {
  const assembler = new L2capAssembler(3);
  for (let first = 4; first <= PACKET.length; first++) {
    for (let at = 0; at < PACKET.length; ) {
      const end = at === 0 ? first : at + 1;
      const found = assembler.push(PACKET.subarray(at, end), at === 0);
      const expected = { channel: 4, payload: Buffer.from([7, 8, 9]) };
      assert.deepEqual(found, end === PACKET.length ? expected : undefined, `${first} ${end}`);
      at = end;
    }
  }
});

test('what is held of a packet is a copy, so that no piece keeps the memory that it came in', () => {
  const assembler = new L2capAssembler(3);
  const piece = PACKET.slice(0, 6);
  assert.equal(assembler.push(piece, true), undefined);
  piece.fill(0);
  const found = assembler.push(PACKET.subarray(6), false);
  assert.ok(typeof found === 'object');
  assert.deepEqual([...found.payload], [7, 8, 9]);
});

test('pieces without a beginning, and with nothing in them, are nothing', () => {
  const assembler = new L2capAssembler(3);
  assert.equal(assembler.push(PACKET, false), undefined);
  assert.equal(assembler.push(PACKET.subarray(0, 6), true), undefined);
  for (let n = 0; n < 10; n++) assert.equal(assembler.push(bytes(), false), undefined);
  assert.ok(typeof assembler.push(PACKET.subarray(6), false) === 'object');
});

test('a beginning that is too short, a packet that is too long and more than a packet has are wrong, and what follows is not', () => {
  const assembler = new L2capAssembler(3);
  assert.equal(typeof assembler.push(bytes(3, 0, 4), true), 'string');
  assert.equal(assembler.push(bytes(0, 7, 8, 9), false), undefined);
  assert.equal(typeof assembler.push(bytes(4, 0, 4, 0), true), 'string');
  assembler.push(PACKET.subarray(0, 6), true);
  assert.equal(typeof assembler.push(bytes(9, 9), false), 'string');
  assert.equal(assembler.push(bytes(9), false), undefined);
  assert.ok(typeof assembler.push(PACKET, true) === 'object');
});

test.run();
