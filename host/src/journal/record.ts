import { crc32 } from 'node:zlib';
import { JOURNAL_LIMITS } from '../limits.ts';

/** What a record begins with; where it is missing, a reader looks for the next one. */
export const MARKER = 0x4a_d7;
/** Bytes in front of name, head and body. */
export const HEADER_BYTES = 33;
/** The largest record there is. */
export const RECORD_BYTES_MAX =
  HEADER_BYTES + JOURNAL_LIMITS.nameBytes + JOURNAL_LIMITS.headBytes + JOURNAL_LIMITS.bodyBytes;
/** `expiresAt` of what never expires. */
const NEVER = 2 ** 48 - 1;

const CRC = 2;
const HEAD_BYTES = 6;
const BODY_BYTES = 8;
const SEQUENCE = 12;
const APPENDED = 20;
const EXPIRES = 26;
const NAME_BYTES = 32;
const HIGH_WORD = 2 ** 32;

/** What a record says of a message besides its bytes. Times are on the line of `JournalTime`. */
export interface Envelope {
  readonly sequence: number;
  readonly appendedAt: number;
  /** Infinity for never. */
  readonly expiresAt: number;
  /** How much of the payload its owner wrote in front of the body. */
  readonly headBytes: number;
}

/** A record that was read; valid as long as nothing is read into the same piece. */
export interface StoredRecord extends Envelope {
  readonly name: string;
  readonly piece: Buffer;
  readonly payloadAt: number;
  readonly end: number;
}

export function recordBytes(nameBytes: number, payloadBytes: number): number {
  return HEADER_BYTES + nameBytes + payloadBytes;
}

/**
 * Writes a record; the caller has made sure of the room and of the limits.
 *
 * ```text
 *  0        2        6      8      12         20            26           32     33
 *  +--------+--------+------+------+----------+-------------+------------+------+------+------+------+
 *  | marker | CRC-32 | head | body | sequence | appended at | expires at | name | name | head | body |
 *  |  u16   |  u32   | u16  | u32  |   u64    |     u48     |    u48     |  u8  |      |      |      |
 *  +--------+--------+------+------+----------+-------------+------------+------+------+------+------+
 *                    |<------------------- the CRC is over all of this ------------------------------>|
 * ```
 *
 * All little-endian; `head`, `body` and `name` are lengths first and then the bytes. The CRC begins with the salt of the
 * segment, so that neither what an earlier file has left on the disk nor a record that somebody has put into a body is
 * taken for one of ours. A sequence is below 2^53; times are milliseconds, and 2^48 - 1 is never.
 *
 * @returns where it ends
 */
export function encodeRecord(
  bytes: Buffer,
  offset: number,
  record: Envelope & { readonly payload: Uint8Array },
  name: Uint8Array,
  salt: number,
): number {
  const { sequence, appendedAt, expiresAt, headBytes, payload } = record;
  bytes.writeUInt16LE(MARKER, offset);
  bytes.writeUInt16LE(headBytes, offset + HEAD_BYTES);
  bytes.writeUInt32LE(payload.byteLength - headBytes, offset + BODY_BYTES);
  bytes.writeUInt32LE(sequence % HIGH_WORD, offset + SEQUENCE);
  bytes.writeUInt32LE(Math.floor(sequence / HIGH_WORD), offset + SEQUENCE + 4);
  bytes.writeUIntLE(Math.min(Math.max(0, Math.floor(appendedAt)), NEVER), offset + APPENDED, 6);
  bytes.writeUIntLE(Math.min(Math.max(0, Math.ceil(expiresAt)), NEVER), offset + EXPIRES, 6);
  bytes[offset + NAME_BYTES] = name.byteLength;
  const payloadAt = offset + HEADER_BYTES + name.byteLength;
  bytes.set(name, offset + HEADER_BYTES);
  bytes.set(payload, payloadAt);
  const end = payloadAt + payload.byteLength;
  bytes.writeUInt32LE(crc32(bytes.subarray(offset + HEAD_BYTES, end), salt), offset + CRC);
  return end;
}

/** How long the record at `offset` says it is; undefined when no record of ours can begin with these bytes. */
export function announcedBytes(bytes: Buffer, offset: number): number | undefined {
  if (bytes.readUInt16LE(offset) !== MARKER) return undefined;
  const bodyBytes = bytes.readUInt32LE(offset + BODY_BYTES);
  if (bodyBytes > JOURNAL_LIMITS.bodyBytes) return undefined;
  return HEADER_BYTES + bytes[offset + NAME_BYTES]! + bytes.readUInt16LE(offset + HEAD_BYTES) + bodyBytes;
}

/** Reads the record of the given length; undefined when it is damaged. */
export function decodeRecord(piece: Buffer, offset: number, length: number, salt: number): StoredRecord | undefined {
  const end = offset + length;
  if (crc32(piece.subarray(offset + HEAD_BYTES, end), salt) !== piece.readUInt32LE(offset + CRC)) return undefined;
  const sequence = piece.readUInt32LE(offset + SEQUENCE + 4) * HIGH_WORD + piece.readUInt32LE(offset + SEQUENCE);
  if (!Number.isSafeInteger(sequence)) return undefined;
  const expiresAt = piece.readUIntLE(offset + EXPIRES, 6);
  const payloadAt = offset + HEADER_BYTES + piece[offset + NAME_BYTES]!;
  return {
    sequence,
    appendedAt: piece.readUIntLE(offset + APPENDED, 6),
    expiresAt: expiresAt === NEVER ? Infinity : expiresAt,
    headBytes: piece.readUInt16LE(offset + HEAD_BYTES),
    name: piece.toString('utf8', offset + HEADER_BYTES, payloadAt),
    piece,
    payloadAt,
    end,
  };
}

/** Head and body, in memory of their own. */
export function copyPayload({ piece, payloadAt, end }: StoredRecord): Buffer {
  const payload = Buffer.allocUnsafe(end - payloadAt);
  piece.copy(payload, 0, payloadAt, end);
  return payload;
}
