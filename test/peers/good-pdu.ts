/** What the model device says of itself: the objects of all levels; those from 128 on do not fit into one answer. */
export const OBJECTS: readonly (readonly [id: number, value: string])[] = [
  [0x00, 'Gatehouse'],
  [0x01, 'MODEL'],
  [0x02, '1.0'],
  [0x04, 'A device of the tests'],
  ...Array.from({ length: 5 }, (_, n) => [0x80 + 2 * n, String.fromCharCode(97 + n).repeat(100)] as const),
];

/** Objects that the model device has at a level. */
export const objectsOf = (level: number) => OBJECTS.filter(([id]) => id <= [0, 0x02, 0x7f, 0xff][level]!);

/** The right answer to the PDU of a request: register n holds `registerAt(n)`, all bits are 0, writes are confirmed. */
export function goodPdu(pdu: Buffer, registerAt: (address: number) => number = (address) => address): Buffer {
  const code = pdu[0]!;
  const address = pdu.readUInt16BE(1);
  if (code === 43) return identificationPdu(pdu[2]!, pdu[3]!);
  if (code === 22) return Buffer.from(pdu.subarray(0, 7));
  if (code > 4 && code !== 23) return Buffer.from(pdu.subarray(0, 5));
  const count = pdu.readUInt16BE(3);
  const data = Buffer.alloc(code <= 2 ? (count + 7) >> 3 : 2 * count);
  if (code > 2) for (let i = 0; i < count; i++) data.writeUInt16BE(registerAt(address + i) & 0xffff, 2 * i);
  return Buffer.from([code, data.length, ...data]);
}

/** An answer about objects, with each field as told; `nextId` undefined means that no more follows. */
export function objectsPdu(level: number, objects: readonly (readonly [number, string])[], nextId?: number): Buffer {
  const more = nextId === undefined ? 0 : 0xff;
  const values = objects.map(([id, value]) => Buffer.from([id, value.length, ...Buffer.from(value, 'latin1')]));
  return Buffer.concat([Buffer.from([43, 14, level, 0x83, more, nextId ?? 0, objects.length]), ...values]);
}

function identificationPdu(level: number, from: number): Buffer {
  const left = objectsOf(level).filter(([id]) => id >= from);
  let room = 253 - 7;
  const fitting = left.filter(([, value]) => {
    room -= 2 + value.length;
    return room >= 0;
  });
  return objectsPdu(level, fitting, left[fitting.length]?.[0]);
}
