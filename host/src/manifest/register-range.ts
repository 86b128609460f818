import { refine, type Shape, text } from '../json/index.ts';

/** The four tables of a Modbus device, under the names that configurations use. */
export type RegisterTable = 'coil' | 'discrete' | 'holding' | 'input';

/** Addresses `first` to `last` of one table, both included and zero-based as in the protocol. */
export interface RegisterRange {
  readonly table: RegisterTable;
  readonly first: number;
  readonly last: number;
}

const RANGE = /^(coil|discrete|holding|input):([0-9]{1,5})(?:-([0-9]{1,5}))?$/;
const ADDRESS_MAX = 65_535;

/** Reads `holding:0-9` or `coil:1`; undefined if the text is not written so or leads beyond address 65535. */
export function parseRegisterRange(range: string): RegisterRange | undefined {
  const match = RANGE.exec(range);
  if (match === null) return undefined;
  const first = Number(match[2]);
  const last = Number(match[3] ?? match[2]);
  if (first > last || last > ADDRESS_MAX) return undefined;
  return { table: match[1] as RegisterTable, first, last };
}

/** Tables that can be written. */
export const isWritable = (table: RegisterTable): boolean => table === 'coil' || table === 'holding';

const anyRange = text({ expected: 'registers such as "holding:0-9" or "coil:1"', pattern: RANGE });

/** Registers that can be read. */
export const readableRange: Shape<string> = refine(anyRange, (range, node, place) =>
  parseRegisterRange(range) === undefined
    ? place.mismatch(node, `addresses from 0 to ${ADDRESS_MAX}, the first not above the last`)
    : range,
);

/** Registers that can be written. */
export const writableRange: Shape<string> = refine(readableRange, (range, node, place) =>
  isWritable(parseRegisterRange(range)!.table)
    ? range
    : place.mismatch(node, 'coils or holding registers, the only ones that can be written'),
);

/** One register that can be written. */
export const writableAddress: Shape<string> = refine(writableRange, (range, node, place) =>
  range.includes('-') ? place.mismatch(node, 'one coil or holding register, such as "coil:1"') : range,
);
