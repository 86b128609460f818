import { isBitTable, type RegisterRange, type Table } from './register-range.ts';

// What a module gets for a read or a poll: blocks one after the other, little-endian.
//
//  0          1       2              4            6        8
//  +----------+-------+--------------+------------+--------+------------------+--------------------+
//  | table u8 | 0 u8  | address u16  | count u16  | 0 u16  | count x u16      | 0 to a multiple of |
//  |          |       |              |            |        |                  | 4                  |
//  +----------+-------+--------------+------------+--------+------------------+--------------------+

export const BLOCK_HEADER_BYTES = 8;

/** Bytes of the block of a range. */
export const blockBytes = (count: number): number => (BLOCK_HEADER_BYTES + 2 * count + 3) & ~3;

/** A range with its values. */
export interface AnswerBlock extends RegisterRange {
  readonly values: readonly number[];
}

/** Writes the header of a range's block at `offset` and returns the offset of its first value. */
export function writeBlockHeader(payload: Uint8Array, offset: number, range: RegisterRange): number {
  payload[offset] = range.table;
  payload[offset + 2] = range.address & 0xff;
  payload[offset + 3] = range.address >> 8;
  payload[offset + 4] = range.count & 0xff;
  payload[offset + 5] = range.count >> 8;
  return offset + BLOCK_HEADER_BYTES;
}

/**
 * Copies values from the data of a device's answer into a block.
 *
 * @param data the answer, in which the registers (big-endian) or packed bits begin at `dataAt`
 * @param skip values of the answer to leave out in front
 */
export function copyValues(
  table: Table,
  data: Uint8Array,
  dataAt: number,
  skip: number,
  count: number,
  payload: Uint8Array,
  payloadAt: number,
): void {
  if (isBitTable(table)) {
    for (let i = 0; i < count; i++) {
      const bit = skip + i;
      payload[payloadAt + 2 * i] = (data[dataAt + (bit >> 3)]! >> (bit & 7)) & 1;
    }
    return;
  }
  for (let i = 0; i < count; i++) {
    const from = dataAt + 2 * (skip + i);
    payload[payloadAt + 2 * i] = data[from + 1]!;
    payload[payloadAt + 2 * i + 1] = data[from]!;
  }
}

/** The answer to one read, from the data of the device's answer. */
export function encodeReadAnswer(range: RegisterRange, data: Uint8Array, dataAt: number): Uint8Array {
  const payload = new Uint8Array(blockBytes(range.count));
  copyValues(range.table, data, dataAt, 0, range.count, payload, writeBlockHeader(payload, 0, range));
  return payload;
}

/** Reads an answer back; undefined when it is not made of whole blocks. For tools and tests. */
export function decodeAnswer(payload: Uint8Array): AnswerBlock[] | undefined {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const blocks: AnswerBlock[] = [];
  for (let at = 0; at < payload.length; ) {
    if (payload.length - at < BLOCK_HEADER_BYTES) return undefined;
    const table = payload[at]!;
    const count = view.getUint16(at + 4, true);
    const end = at + blockBytes(count);
    if (table < 1 || table > 4 || payload[at + 1] !== 0 || view.getUint16(at + 6, true) !== 0) return undefined;
    if (end > payload.length) return undefined;
    const first = at + BLOCK_HEADER_BYTES;
    const values = Array.from({ length: count }, (_, index) => view.getUint16(first + 2 * index, true));
    blocks.push({ table: table as Table, address: view.getUint16(at + 2, true), count, values });
    at = end;
  }
  return blocks;
}
