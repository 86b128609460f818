/** The four tables of a device, in the order of the function codes 1 to 4 that read them. */
export const TABLE_NAMES: readonly string[] = ['coil', 'discrete', 'holding', 'input'];

/** A table, as the function code that reads it: 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers. */
export type Table = 1 | 2 | 3 | 4;

/** Neighbouring addresses of one table; addresses count from 0, as in the protocol. */
export interface RegisterRange {
  readonly table: Table;
  readonly address: number;
  readonly count: number;
}

/** Most that one request may read or write, from the application protocol specification, by what the table holds. */
export const READ_MAX = { bits: 2000, registers: 125 } as const;
export const WRITE_MAX = { bits: 1968, registers: 123 } as const;
/** Most registers that are written when others are read in the same request. */
export const READ_WRITE_MAX = 121;

export const isBitTable = (table: Table): boolean => table <= 2;
export const isWritable = (table: Table): boolean => table === 1 || table === 3;
export const readMax = (table: Table): number => (isBitTable(table) ? READ_MAX.bits : READ_MAX.registers);

/** The address text of a range: `coil:1`, `holding:0-9`. */
export function formatRange({ table, address, count }: RegisterRange): string {
  const name = TABLE_NAMES[table - 1];
  return count === 1 ? `${name}:${address}` : `${name}:${address}-${address + count - 1}`;
}
