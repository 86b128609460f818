import { getU16 } from '../modbus/pdu.ts';
import { isBitTable, READ_MAX, READ_WRITE_MAX, type Table, WRITE_MAX } from '../modbus/register-range.ts';
import { EXCEPTION, type ExceptionCode } from './exception.ts';

/** Function 43 with this type of interface asks for the identification of a device. */
const IDENTIFICATION = 14;

/** What a client asks of the server. */
export type ServerRequest =
  | { readonly kind: 'read'; readonly table: Table; readonly address: number; readonly count: number }
  | { readonly kind: 'write'; readonly table: Table; readonly address: number; readonly values: Uint16Array }
  /** Holding register: what it holds AND `and`, OR what of `or` is not in `and`. */
  | { readonly kind: 'mask'; readonly address: number; readonly and: number; readonly or: number }
  /** Holding registers: the write comes first. */
  | {
      readonly kind: 'read-write';
      readonly read: { readonly address: number; readonly count: number };
      readonly write: { readonly address: number; readonly values: Uint16Array };
    }
  /** Wants the identification: `access` 1 to 3 a group of objects from `object` on, 4 that one. */
  | { readonly kind: 'identify'; readonly access: 1 | 2 | 3 | 4; readonly object: number };

/**
 * Decodes the PDU of a request, from whoever connected. What is not exactly a request of one of the functions gives the exception
 * that the specification has for it. Addresses may go beyond the last one, where nobody has registers.
 *
 * @param at where it begins in `bytes`; it is complete and `length` bytes long, at least 1
 */
export function decodeServerRequest(bytes: Uint8Array, at: number, length: number): ServerRequest | ExceptionCode {
  const code = bytes[at]!;
  switch (code) {
    case 1:
    case 2:
    case 3:
    case 4:
      return length === 5 ? readOf(code, getU16(bytes, at + 1), getU16(bytes, at + 3)) : EXCEPTION.illegalValue;
    case 5:
    case 6:
      return length === 5 ? singleWrite(code, getU16(bytes, at + 1), getU16(bytes, at + 3)) : EXCEPTION.illegalValue;
    case 15:
    case 16:
      return multipleWrite(code, bytes, at, length);
    case 22:
      if (length !== 7) return EXCEPTION.illegalValue;
      return { kind: 'mask', address: getU16(bytes, at + 1), and: getU16(bytes, at + 3), or: getU16(bytes, at + 5) };
    case 23:
      return readWrite(bytes, at, length);
    case 43:
      return identify(bytes, at, length);
    default:
      return EXCEPTION.illegalFunction;
  }
}

function readOf(table: Table, address: number, count: number): ServerRequest | ExceptionCode {
  if (count < 1 || count > (isBitTable(table) ? READ_MAX.bits : READ_MAX.registers)) return EXCEPTION.illegalValue;
  return { kind: 'read', table, address, count };
}

function singleWrite(code: 5 | 6, address: number, value: number): ServerRequest | ExceptionCode {
  if (code === 6) return { kind: 'write', table: 3, address, values: Uint16Array.of(value) };
  if (value !== 0 && value !== 0xff00) return EXCEPTION.illegalValue;
  return { kind: 'write', table: 1, address, values: Uint16Array.of(value === 0 ? 0 : 1) };
}

function multipleWrite(code: 15 | 16, bytes: Uint8Array, at: number, length: number): ServerRequest | ExceptionCode {
  if (length < 6) return EXCEPTION.illegalValue;
  const address = getU16(bytes, at + 1);
  const count = getU16(bytes, at + 3);
  const isBits = code === 15;
  const dataBytes = isBits ? (count + 7) >> 3 : 2 * count;
  if (count < 1 || count > (isBits ? WRITE_MAX.bits : WRITE_MAX.registers)) return EXCEPTION.illegalValue;
  if (bytes[at + 5] !== dataBytes || length !== 6 + dataBytes) return EXCEPTION.illegalValue;
  const values = isBits ? bitsAt(bytes, at + 6, count) : registersAt(bytes, at + 6, count);
  return { kind: 'write', table: isBits ? 1 : 3, address, values };
}

function readWrite(bytes: Uint8Array, at: number, length: number): ServerRequest | ExceptionCode {
  if (length < 10) return EXCEPTION.illegalValue;
  const read = { address: getU16(bytes, at + 1), count: getU16(bytes, at + 3) };
  const address = getU16(bytes, at + 5);
  const count = getU16(bytes, at + 7);
  const isCounted = read.count >= 1 && read.count <= READ_MAX.registers && count >= 1 && count <= READ_WRITE_MAX;
  if (!isCounted || bytes[at + 9] !== 2 * count || length !== 10 + 2 * count) return EXCEPTION.illegalValue;
  return { kind: 'read-write', read, write: { address, values: registersAt(bytes, at + 10, count) } };
}

function identify(bytes: Uint8Array, at: number, length: number): ServerRequest | ExceptionCode {
  // Another type of interface is another function, whatever comes behind it.
  if (length < 2 || bytes[at + 1] !== IDENTIFICATION) return EXCEPTION.illegalFunction;
  const access = bytes[at + 2];
  if (length !== 4 || access === undefined || access < 1 || access > 4) return EXCEPTION.illegalValue;
  return { kind: 'identify', access: access as 1 | 2 | 3 | 4, object: bytes[at + 3]! };
}

function registersAt(bytes: Uint8Array, at: number, count: number): Uint16Array {
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i++) values[i] = getU16(bytes, at + 2 * i);
  return values;
}

function bitsAt(bytes: Uint8Array, at: number, count: number): Uint16Array {
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i++) values[i] = (bytes[at + (i >> 3)]! >> (i & 7)) & 1;
  return values;
}
