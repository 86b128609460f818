import { isBitTable, READ_MAX, type Table, WRITE_MAX } from './register-range.ts';
import { type ModbusRequest, tableWrittenBy, type WriteFunction, type WriteRequest } from './request.ts';

// The request of a module, little-endian, as docs/modbus.md has it:
//
//  0             1             2              4            6        8              12
//  +-------------+-------------+--------------+------------+--------+--------------+------+-------------+
//  | function u8 | name        | address u16  | count u16  | 0 u16  | expiry u32   | data | device name |
//  |             | bytes u8    |              |            |        |              |      | UTF-8       |
//  +-------------+-------------+--------------+------------+--------+--------------+------+-------------+
//
// function  1-4 read a table; 5, 6, 15, 16 write; 0 subscribes to a poll
// data      registers: count x u16; coils: count x u8, 0 or 1; poll: its name of count bytes; reads: none
// expiry    writes: milliseconds, 0 means 1000; else 0

export const REQUEST_HEADER_BYTES = 12;
export const SUBSCRIBE = 0;
export const DEFAULT_EXPIRY_MS = 1000;

const ADDRESSES = 65_536;
const u16 = (payload: Uint8Array, at: number): number => payload[at]! | (payload[at + 1]! << 8);

export const functionAt = (payload: Uint8Array): number => payload[0]!;
export const addressAt = (payload: Uint8Array): number => u16(payload, 2);
export const countAt = (payload: Uint8Array): number => u16(payload, 4);
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
  const dataBytes = dataBytesOf(code, count);
  if (dataBytes < 0 || payload.length !== REQUEST_HEADER_BYTES + dataBytes + nameBytesAt(payload)) return false;
  if (code < 5 && (u16(payload, 8) | u16(payload, 10)) !== 0) return false;
  if (code === SUBSCRIBE) return address === 0;
  if (code === 5 || code === 15) {
    for (let i = 0; i < count; i++) if (payload[REQUEST_HEADER_BYTES + i]! > 1) return false;
  }
  return address + count <= ADDRESSES;
}

/** Decodes a request; undefined when it is not well-formed. What it returns shares no memory with the payload. */
export function decodeModbusRequest(payload: Uint8Array): ModbusRequest | undefined {
  if (!isWellFormed(payload)) return undefined;
  const code = functionAt(payload);
  const address = addressAt(payload);
  const count = countAt(payload);
  if (code === SUBSCRIBE) {
    return { kind: 'subscribe', poll: payload.slice(REQUEST_HEADER_BYTES, REQUEST_HEADER_BYTES + count) };
  }
  if (code <= 4) return { kind: 'read', table: code as Table, address, count };
  return decodeWrite(payload, code as WriteFunction, address, count);
}

/** Encodes a request for the device of that name: the inverse of `decodeModbusRequest`. */
export function encodeModbusRequest(request: ModbusRequest, device: string): Uint8Array {
  const name = new TextEncoder().encode(device);
  const code = request.kind === 'subscribe' ? SUBSCRIBE : request.kind === 'read' ? request.table : request.function;
  const count = request.kind === 'subscribe' ? request.poll.length : request.count;
  const payload = new Uint8Array(REQUEST_HEADER_BYTES + dataBytesOf(code, count) + name.length);
  const view = new DataView(payload.buffer);
  payload[0] = code;
  payload[1] = name.length;
  view.setUint16(4, count, true);
  if (request.kind === 'subscribe') payload.set(request.poll, REQUEST_HEADER_BYTES);
  else view.setUint16(2, request.address, true);
  if (request.kind === 'write') {
    view.setUint32(8, request.expiryMs, true);
    request.values.forEach((value, index) => {
      if (isBitTable(request.table)) payload[REQUEST_HEADER_BYTES + index] = value;
      else view.setUint16(REQUEST_HEADER_BYTES + 2 * index, value, true);
    });
  }
  payload.set(name, payload.length - name.length);
  return payload;
}

function decodeWrite(payload: Uint8Array, code: WriteFunction, address: number, count: number): WriteRequest {
  const table = tableWrittenBy(code);
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = table === 1 ? payload[REQUEST_HEADER_BYTES + i]! : u16(payload, REQUEST_HEADER_BYTES + 2 * i);
  }
  const expiryMs = (u16(payload, 8) | (u16(payload, 10) << 16)) >>> 0;
  return { kind: 'write', function: code, table, address, count, values, expiryMs: expiryMs || DEFAULT_EXPIRY_MS };
}

/** Bytes of data behind the header, or -1 when the function does not exist or does not take that many. */
function dataBytesOf(code: number, count: number): number {
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
    default:
      return -1;
  }
}
