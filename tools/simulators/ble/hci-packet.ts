//            0        1        2        3        4        5
//  command   01       opcode (LE)       length   parameters
//  ACL data  02       handle + flags    length (LE)       data
//  event     04       code     length   parameters
//
// Flags are bits 12-13 (boundary) and 14-15 (broadcast) of the handle. [BT-4-A-2] and [BT-4-E-5.4]

/** One packet of the H4 transport between a host and its controller. */
export type HciPacket =
  | { readonly kind: 'command'; readonly opcode: number; readonly parameters: Buffer }
  | AclPacket
  | { readonly kind: 'event'; readonly code: number; readonly parameters: Buffer };

export interface AclPacket {
  readonly kind: 'acl';
  readonly handle: number;
  /** Values of `BOUNDARY`. */
  readonly boundary: number;
  readonly broadcast: number;
  readonly data: Buffer;
}

/** First byte of a packet. */
export const INDICATOR = { command: 0x01, acl: 0x02, event: 0x04 } as const;
const PARAMETERS_MAX = 255;
const ACL_DATA_MAX = 0xffff;
const HANDLE_MAX = 0x0fff;

/** How a run of bytes begins: with a whole packet of so many bytes, with less than one, or with what is none. */
export type PacketStart =
  | { readonly kind: 'whole'; readonly packet: HciPacket; readonly byteLength: number }
  | { readonly kind: 'partial' }
  | { readonly kind: 'garbage' };

/** Writes a packet; throws a `RangeError` when a field does not fit, which is a mistake of the caller. */
export function encodePacket(packet: HciPacket): Buffer {
  switch (packet.kind) {
    case 'command': {
      const head = Buffer.from([INDICATOR.command, 0, 0, atMost(packet.parameters.byteLength, PARAMETERS_MAX)]);
      head.writeUInt16LE(packet.opcode, 1);
      return Buffer.concat([head, packet.parameters]);
    }
    case 'acl': {
      const head = Buffer.alloc(5, INDICATOR.acl);
      const flags = (atMost(packet.broadcast, 3) << 2) | atMost(packet.boundary, 3);
      head.writeUInt16LE((flags << 12) | atMost(packet.handle, HANDLE_MAX), 1);
      head.writeUInt16LE(atMost(packet.data.byteLength, ACL_DATA_MAX), 3);
      return Buffer.concat([head, packet.data]);
    }
    case 'event': {
      const head = [INDICATOR.event, packet.code, atMost(packet.parameters.byteLength, PARAMETERS_MAX)];
      return Buffer.concat([Buffer.from(head), packet.parameters]);
    }
    default:
      return packet satisfies never;
  }
}

/** Reads the packet at the start of `bytes`. Its buffers are views: copy what is to outlive `bytes`. */
export function decodePacket(bytes: Buffer): PacketStart {
  if (bytes.byteLength === 0) return { kind: 'partial' };
  switch (bytes[0]) {
    case INDICATOR.command:
      return split(bytes, 4, 3, (parameters) => ({ kind: 'command', opcode: bytes.readUInt16LE(1), parameters }));
    case INDICATOR.acl:
      return split(bytes, 5, 3, (data) => {
        const word = bytes.readUInt16LE(1);
        return { kind: 'acl', handle: word & HANDLE_MAX, boundary: (word >> 12) & 3, broadcast: word >> 14, data };
      });
    case INDICATOR.event:
      return split(bytes, 3, 2, (parameters) => ({ kind: 'event', code: bytes[1]!, parameters }));
    default:
      return { kind: 'garbage' };
  }
}

/** Cuts head and body; the length field is the byte at `lengthAt`, or two bytes when the head has room for them behind it. */
function split(bytes: Buffer, headBytes: number, lengthAt: number, read: (body: Buffer) => HciPacket): PacketStart {
  if (bytes.byteLength < headBytes) return { kind: 'partial' };
  const bodyBytes = bytes.readUIntLE(lengthAt, headBytes - lengthAt);
  const byteLength = headBytes + bodyBytes;
  if (bytes.byteLength < byteLength) return { kind: 'partial' };
  return { kind: 'whole', packet: read(bytes.subarray(headBytes, byteLength)), byteLength };
}

function atMost(value: number, max: number): number {
  if (!Number.isInteger(value) || value < 0 || value > max) throw new RangeError(`${value} is not from 0 to ${max}`);
  return value;
}
