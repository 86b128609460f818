import { isBitTable, type Table } from '../modbus/register-range.ts';
import { MODBUS_SERVER_LIMITS } from './limits.ts';

// The request of a module, little-endian, as docs/modbus-server.md has it:
//
//  0             1             2              4            6        8              12
//  +-------------+-------------+--------------+------------+--------+--------------+------+-------------+
//  | function u8 | name        | address u16  | count u16  | 0 u16  | wait u32     | data | device name |
//  |             | bytes u8    |              |            |        |              |      | UTF-8       |
//  +-------------+-------------+--------------+------------+--------+--------------+------+-------------+
//
// function  1-4 set values of a table; 0 takes the next write of a client
// data      registers: count x u16; coils and discrete inputs: count x u8, 0 or 1; take: none, address and count 0
// wait      take: milliseconds, 0 means 60,000; else 0

/** What a module asks of a server. */
export type ModbusServerRequest =
  | { readonly kind: 'take'; readonly waitMs: number }
  | { readonly kind: 'set'; readonly table: Table; readonly address: number; readonly values: Uint16Array };

export const REQUEST_HEADER_BYTES = 12;
export const TAKE = 0;
export const DEFAULT_WAIT_MS = 60_000;

const ADDRESSES = 65_536;
const INPUT = 4;
const u16 = (payload: Uint8Array, at: number): number => payload[at]! | (payload[at + 1]! << 8);
const waitAt = (payload: Uint8Array): number => (u16(payload, 8) | (u16(payload, 10) << 16)) >>> 0;

export const functionAt = (payload: Uint8Array): number => payload[0]!;
export const addressAt = (payload: Uint8Array): number => u16(payload, 2);
export const countAt = (payload: Uint8Array): number => u16(payload, 4);

/** Whether the payload follows the layout in every field. Allocates nothing. */
export function isWellFormed(payload: Uint8Array): boolean {
  if (payload.length < REQUEST_HEADER_BYTES || payload[1] === 0 || u16(payload, 6) !== 0) return false;
  const code = functionAt(payload);
  const count = countAt(payload);
  if (code > INPUT || payload.length !== REQUEST_HEADER_BYTES + dataBytesOf(code, count) + payload[1]!) return false;
  if (code === TAKE) return count === 0 && addressAt(payload) === 0 && waitAt(payload) <= MODBUS_SERVER_LIMITS.takeMs;
  if (waitAt(payload) !== 0 || count === 0 || count > MODBUS_SERVER_LIMITS.setValues) return false;
  if (isBitTable(code as Table)) {
    for (let i = 0; i < count; i++) if (payload[REQUEST_HEADER_BYTES + i]! > 1) return false;
  }
  return addressAt(payload) + count <= ADDRESSES;
}

/** Decodes a request; undefined when it is not well-formed. What it returns shares no memory with the payload. */
export function decodeModbusServerRequest(payload: Uint8Array): ModbusServerRequest | undefined {
  if (!isWellFormed(payload)) return undefined;
  const code = functionAt(payload);
  if (code === TAKE) return { kind: 'take', waitMs: waitAt(payload) || DEFAULT_WAIT_MS };
  const table = code as Table;
  const values = new Uint16Array(countAt(payload));
  for (let i = 0; i < values.length; i++)
    values[i] = isBitTable(table) ? payload[REQUEST_HEADER_BYTES + i]! : u16(payload, REQUEST_HEADER_BYTES + 2 * i);
  return { kind: 'set', table, address: addressAt(payload), values };
}

/** Encodes a request for the device of that name: the inverse of `decodeModbusServerRequest`. */
export function encodeModbusServerRequest(request: ModbusServerRequest, device: string): Uint8Array {
  const name = new TextEncoder().encode(device);
  const code = request.kind === 'take' ? TAKE : request.table;
  const count = request.kind === 'take' ? 0 : request.values.length;
  const payload = new Uint8Array(REQUEST_HEADER_BYTES + dataBytesOf(code, count) + name.length);
  const view = new DataView(payload.buffer);
  payload[0] = code;
  payload[1] = name.length;
  view.setUint16(4, count, true);
  if (request.kind === 'take') view.setUint32(8, request.waitMs, true);
  else {
    view.setUint16(2, request.address, true);
    request.values.forEach((value, index) => {
      if (isBitTable(request.table)) payload[REQUEST_HEADER_BYTES + index] = value;
      else view.setUint16(REQUEST_HEADER_BYTES + 2 * index, value, true);
    });
  }
  payload.set(name, payload.length - name.length);
  return payload;
}

const dataBytesOf = (code: number, count: number): number =>
  code === TAKE ? 0 : isBitTable(code as Table) ? count : 2 * count;
