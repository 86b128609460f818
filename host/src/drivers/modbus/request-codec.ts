import { isBitTable, READ_MAX, READ_WRITE_MAX, type Table, WRITE_MAX } from './register-range.ts';
import {
  IDENTIFY,
  type IdentificationLevel,
  MASK_WRITE,
  type ModbusRequest,
  READ_WRITE,
  tableWrittenBy,
  type WriteFunction,
  type WriteRequest,
} from './request.ts';

// The request of a module, little-endian, as docs/modbus.md has it:
//
//  0             1             2              4            6        8              12
//  +-------------+-------------+--------------+------------+--------+--------------+------+-------------+
//  | function u8 | name        | address u16  | count u16  | 0 u16  | expiry u32   | data | device name |
//  |             | bytes u8    |              |            |        |              |      | UTF-8       |
//  +-------------+-------------+--------------+------------+--------+--------------+------+-------------+
//
// function  1-4 read a table; 5, 6, 15, 16 write; 22 changes bits; 23 writes and reads; 43 identifies; 0 subscribes to a poll
// count     of values; 43: level 1 to 3
// data      registers: count x u16; coils: count x u8, 0 or 1; poll: its name of count bytes; reads: none;
//           22: and u16, or u16; 23: address u16 and count u16 of what is written, then count x u16
// expiry    5 to 23: milliseconds, 0 means 1000; else 0

export const REQUEST_HEADER_BYTES = 12;
export const SUBSCRIBE = 0;
export const DEFAULT_EXPIRY_MS = 1000;

const ADDRESSES = 65_536;
const u16 = (payload: Uint8Array, at: number): number => payload[at]! | (payload[at + 1]! << 8);

export const functionAt = (payload: Uint8Array): number => payload[0]!;
export const addressAt = (payload: Uint8Array): number => u16(payload, 2);
export const countAt = (payload: Uint8Array): number => u16(payload, 4);
/** Of a well-formed payload with function 23: what is written. */
export const writtenAddressAt = (payload: Uint8Array): number => u16(payload, REQUEST_HEADER_BYTES);
export const writtenCountAt = (payload: Uint8Array): number => u16(payload, REQUEST_HEADER_BYTES + 2);
export const nameBytesAt = (payload: Uint8Array): number => payload[1]!;

/** Whether `name` lies in `payload` at `offset`; `length` is what the payload says its length is. */
export function holdsName(payload: Uint8Array, offset: number, length: number, name: Uint8Array): boolean {
  if (length !== name.length) return false;
  for (let i = 0; i < length; i++) if (payload[offset + i] !== name[i]) return false;
  return true;
}

/** Whether the device name of a well-formed payload is `name`. */
export function isForDevice(payload: Uint8Array, name: Uint8Array): boolean {
  const length = nameBytesAt(payload);
  return holdsName(payload, payload.length - length, length, name);
}

/** Whether the payload follows the layout and the limits of the protocol in every field. Allocates nothing. */
export function isWellFormed(payload: Uint8Array): boolean {
  if (payload.length < REQUEST_HEADER_BYTES || u16(payload, 6) !== 0 || nameBytesAt(payload) === 0) return false;
  const code = functionAt(payload);
  const address = addressAt(payload);
  const count = countAt(payload);
  const dataBytes = dataBytesAt(payload, code, count);
  if (dataBytes < 0 || payload.length !== REQUEST_HEADER_BYTES + dataBytes + nameBytesAt(payload)) return false;
  const isWrite = code >= 5 && code <= READ_WRITE;
  if (!isWrite && (u16(payload, 8) | u16(payload, 10)) !== 0) return false;
  if (code === SUBSCRIBE || code === IDENTIFY) return address === 0;
  if (code === 5 || code === 15) {
    for (let i = 0; i < count; i++) if (payload[REQUEST_HEADER_BYTES + i]! > 1) return false;
  }
  if (code === READ_WRITE && writtenAddressAt(payload) + writtenCountAt(payload) > ADDRESSES) return false;
  return address + count <= ADDRESSES;
}

/** Decodes a request; undefined when it is not well-formed. What it returns shares no memory with the payload. */
export function decodeModbusRequest(payload: Uint8Array): ModbusRequest | undefined {
  if (!isWellFormed(payload)) return undefined;
  const code = functionAt(payload);
  const address = addressAt(payload);
  const count = countAt(payload);
  const data = REQUEST_HEADER_BYTES;
  switch (code) {
    case SUBSCRIBE:
      return { kind: 'subscribe', poll: payload.slice(data, data + count) };
    case IDENTIFY:
      return { kind: 'identify', level: count as IdentificationLevel, objectId: 0 };
    case MASK_WRITE: {
      const [andMask, orMask] = [u16(payload, data), u16(payload, data + 2)];
      return { kind: 'mask-write', address, andMask, orMask, expiryMs: expiryAt(payload) };
    }
    case READ_WRITE: {
      const values = registersAt(payload, data + 4, writtenCountAt(payload));
      const writeAddress = writtenAddressAt(payload);
      return { kind: 'read-write', address, count, writeAddress, values, expiryMs: expiryAt(payload) };
    }
    default:
      if (code <= 4) return { kind: 'read', table: code as Table, address, count };
      return decodeWrite(payload, code as WriteFunction, address, count);
  }
}

function decodeWrite(payload: Uint8Array, code: WriteFunction, address: number, count: number): WriteRequest {
  const table = tableWrittenBy(code);
  const values = isBitTable(table)
    ? Uint16Array.from(payload.subarray(REQUEST_HEADER_BYTES, REQUEST_HEADER_BYTES + count))
    : registersAt(payload, REQUEST_HEADER_BYTES, count);
  return { kind: 'write', function: code, table, address, count, values, expiryMs: expiryAt(payload) };
}

const expiryAt = (payload: Uint8Array): number =>
  (u16(payload, 8) | (u16(payload, 10) << 16)) >>> 0 || DEFAULT_EXPIRY_MS;

function registersAt(payload: Uint8Array, at: number, count: number): Uint16Array {
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i++) values[i] = u16(payload, at + 2 * i);
  return values;
}

/** Bytes of data behind the header, or -1 when the function does not exist or does not take that many. */
function dataBytesAt(payload: Uint8Array, code: number, count: number): number {
  if (count === 0) return -1;
  switch (code) {
    case SUBSCRIBE:
      return count <= 255 ? count : -1;
    case 1:
    case 2:
      return count <= READ_MAX.bits ? 0 : -1;
    case 3:
    case 4:
      return count <= READ_MAX.registers ? 0 : -1;
    case 5:
      return count === 1 ? 1 : -1;
    case 6:
      return count === 1 ? 2 : -1;
    case 15:
      return count <= WRITE_MAX.bits ? count : -1;
    case 16:
      return count <= WRITE_MAX.registers ? 2 * count : -1;
    case MASK_WRITE:
      return count === 1 ? 4 : -1;
    case READ_WRITE:
      return count <= READ_MAX.registers ? readWriteBytesAt(payload) : -1;
    case IDENTIFY:
      return count <= 3 ? 0 : -1;
    default:
      return -1;
  }
}

function readWriteBytesAt(payload: Uint8Array): number {
  if (payload.length < REQUEST_HEADER_BYTES + 4) return -1;
  const count = writtenCountAt(payload);
  return count >= 1 && count <= READ_WRITE_MAX ? 4 + 2 * count : -1;
}
