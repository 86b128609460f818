import fc from 'fast-check';
import { decodePacket, encodePacket, type HciPacket } from '../../../../../tools/simulators/ble/hci-packet.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('HCI packets');

/** Packets as noble, bleno and their serial driver write and expect them. */
const VECTORS: readonly [string, string, HciPacket][] = [
  ['a reset', '01030c00', { kind: 'command', opcode: 0x0c03, parameters: Buffer.alloc(0) }],
  ['a disconnect', '010604034000 13', { kind: 'command', opcode: 0x0406, parameters: Buffer.from('400013', 'hex') }],
  ['the end of a reset', '040e0401030c00', { kind: 'event', code: 0x0e, parameters: Buffer.from('01030c00', 'hex') }],
  [
    'an exchange of the MTU',
    '02402007000300040002 0001',
    { kind: 'acl', handle: 0x040, boundary: 2, broadcast: 0, data: Buffer.from('03000400020001', 'hex') },
  ],
  [
    'all flags',
    '02fffe0100aa',
    { kind: 'acl', handle: 0xeff, boundary: 3, broadcast: 3, data: Buffer.from('aa', 'hex') },
  ],
];

for (const [name, spaced, packet] of VECTORS) {
  test(`[BT-4-A-2] reads and writes ${name}`, () => {
    const bytes = Buffer.from(spaced.replaceAll(' ', ''), 'hex');
    assert.deepEqual(encodePacket(packet), bytes);
    assert.deepEqual(decodePacket(bytes), { kind: 'whole', packet, byteLength: bytes.byteLength });
  });
}

const plain = { noNullPrototype: true };
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const packets: fc.Arbitrary<HciPacket> = fc.oneof(
  fc.record({ kind: fc.constant('command' as const), opcode: fc.nat(0xffff), parameters: bytes(255) }, plain),
  fc.record(
    {
      kind: fc.constant('acl' as const),
      handle: fc.nat(0xfff),
      boundary: fc.nat(3),
      broadcast: fc.nat(3),
      data: bytes(300),
    },
    plain,
  ),
  fc.record({ kind: fc.constant('event' as const), code: fc.nat(255), parameters: bytes(255) }, plain),
);

test('what is written is read back, whatever follows, and is partial when cut at any byte', () => {
  fc.assert(
    fc.property(packets, bytes(20), (packet, behind) => {
      const written = encodePacket(packet);
      const whole = { kind: 'whole', packet, byteLength: written.byteLength };
      assert.deepEqual(decodePacket(Buffer.concat([written, behind])), whole);
      for (let cut = 0; cut < written.byteLength; cut++)
        assert.deepEqual(decodePacket(written.subarray(0, cut)), { kind: 'partial' });
    }),
  );
});

test('no other first byte begins a packet', () => {
  for (let first = 0; first < 256; first++) {
    if (first === 1 || first === 2 || first === 4) continue;
    assert.deepEqual(decodePacket(Buffer.from([first, 0, 0, 0, 0, 0])), { kind: 'garbage' });
  }
});

test('refuses to write fields that do not fit', () => {
  const data = Buffer.alloc(0);
  const wrong: HciPacket[] = [
    { kind: 'acl', handle: 0x1000, boundary: 0, broadcast: 0, data },
    { kind: 'acl', handle: 0, boundary: 4, broadcast: 0, data },
    { kind: 'acl', handle: 0, boundary: 0, broadcast: 4, data },
    { kind: 'acl', handle: 0, boundary: 0, broadcast: 0, data: Buffer.alloc(0x10000) },
    { kind: 'command', opcode: 0x10000, parameters: data },
    { kind: 'command', opcode: 0, parameters: Buffer.alloc(256) },
    { kind: 'event', code: 1, parameters: Buffer.alloc(256) },
  ];
  for (const packet of wrong) assert.throws(() => encodePacket(packet), RangeError);
});

test.run();
