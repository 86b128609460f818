import type { Table } from '../modbus/register-range.ts';

/** A write of a client that a module accepts. */
export interface ClientWrite {
  readonly table: Table;
  /** Function code that it came by. */
  readonly function: number;
  readonly address: number;
  readonly values: Uint16Array;
  /** Address and port of the client. */
  readonly client: string;
  /** Time of the clock at which it came. */
  readonly at: number;
}

// What a module gets for it, little-endian:
//
//  0          1             2              4            6               8
//  +----------+-------------+--------------+------------+---------------+------------------+------------+
//  | table u8 | function u8 | address u16  | count u16  | client bytes  | count x u16      | client     |
//  |          |             |              |            | u16           |                  | ASCII      |
//  +----------+-------------+--------------+------------+---------------+------------------+------------+

const HEADER_BYTES = 8;

export function encodeClientWrite({ table, function: code, address, values, client }: ClientWrite): Uint8Array {
  const name = new TextEncoder().encode(client);
  const payload = new Uint8Array(HEADER_BYTES + 2 * values.length + name.byteLength);
  const view = new DataView(payload.buffer);
  payload[0] = table;
  payload[1] = code;
  view.setUint16(2, address, true);
  view.setUint16(4, values.length, true);
  view.setUint16(6, name.byteLength, true);
  for (let i = 0; i < values.length; i++) view.setUint16(HEADER_BYTES + 2 * i, values[i]!, true);
  payload.set(name, HEADER_BYTES + 2 * values.length);
  return payload;
}
