import fc from 'fast-check';
import { encodePacket, type HciPacket } from '../../../../../tools/simulators/ble/hci-packet.ts';
import { PacketStream } from '../../../../../tools/simulators/ble/packet-stream.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('stream of HCI packets');
const RESET: HciPacket = { kind: 'command', opcode: 0x0c03, parameters: Buffer.alloc(0) };
const DATA: HciPacket = { kind: 'acl', handle: 64, boundary: 0, broadcast: 0, data: Buffer.alloc(251, 7) };
const LONGEST: HciPacket = { kind: 'command', opcode: 0xffff, parameters: Buffer.alloc(255, 1) };

test('packets are the same however their bytes are cut', () => {
  const packets = [RESET, DATA, LONGEST, RESET];
  const bytes = Buffer.concat(packets.map(encodePacket));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      const stream = new PacketStream();
      const seen: HciPacket[] = [];
      for (let at = 0, n = 0; at < bytes.byteLength; n++) {
        const size = sizes[n % sizes.length]!;
        seen.push(...stream.take(bytes.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(seen, packets);
      assert.deepEqual([stream.skippedBytes, stream.pendingBytes], [0, 0]);
    }),
  );
});

test('skips what begins no packet, what no host sends, and what there is no room for', () => {
  const event = encodePacket({ kind: 'event', code: 0x55, parameters: Buffer.alloc(3, 0x77) });
  const tooLong = Buffer.from([0x02, 0x40, 0x00, 0xff, 0xff]);
  const stream = new PacketStream();
  const seen = [...stream.take(Buffer.concat([Buffer.from([0, 3, 5, 255]), event, tooLong, encodePacket(RESET)]))];
  assert.deepEqual(seen, [RESET]);
  assert.equal(stream.skippedBytes, 4 + event.byteLength + tooLong.byteLength);
});

test('never keeps more than one packet', () => {
  const stream = new PacketStream();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      for (const _ of stream.take(Buffer.from(bytes)));
      assert.ok(stream.pendingBytes < 259, `${stream.pendingBytes}`);
    }),
  );
});

test('what it gives stays the same when the bytes behind it are used again', () => {
  const stream = new PacketStream();
  const bytes = encodePacket(DATA);
  assert.deepEqual([...stream.take(bytes.subarray(0, 100))], []);
  bytes.fill(0, 0, 100);
  const [packet] = [...stream.take(bytes.subarray(100))];
  assert.deepEqual(packet, DATA);
});

test('forgets a packet that has begun', () => {
  const stream = new PacketStream();
  assert.deepEqual([...stream.take(encodePacket(LONGEST).subarray(0, 200))], []);
  stream.clear();
  assert.deepEqual([...stream.take(encodePacket(RESET))], [RESET]);
});

test.run();
