import type { ByteWriter } from './byte-writer.ts';
import { COSTS } from './instruction-costs.ts';
import { type MeterIndices, writeI32, writeLocal, writeTake } from './meter-code.ts';
import type { ModuleContents } from './module-contents.ts';
import { OPCODE } from './opcodes.ts';

/** More entries than any table may have: an instruction with more does nothing but trap. */
const TABLE_ENTRIES_BOUND = 2 ** 25;
const BYTES_SHIFT = 4;

/** Most pages of the memory, and most entries of each table, once their maximums are capped. */
export interface GrowthCaps {
  readonly memoryPages: number;
  readonly tableEntries: readonly number[];
}

/** The maximums that `capMaximums` leaves. */
export function growthCaps(
  { memories, tables }: ModuleContents,
  memoryPages: number,
  tableEntries: number,
): GrowthCaps {
  return {
    memoryPages: Math.min(memories[0]?.maximum ?? memoryPages, memoryPages),
    tableEntries: tables.map(({ maximum }) => Math.min(maximum ?? tableEntries, tableEntries, TABLE_ENTRIES_BOUND)),
  };
}

/**
 * Writes the charge of an instruction whose work depends on the operand on top of the stack, which stays there. Growth that will be
 * refused costs nothing; what is out of bounds is charged or not, it traps in any case.
 */
export function writeBulkCharge(
  to: ByteWriter,
  instruction: { readonly opcode: number; readonly table: number },
  at: { readonly meter: MeterIndices; readonly caps: GrowthCaps; readonly fuel: number; readonly temporary: number },
): void {
  const { opcode, table } = instruction;
  const { meter, caps, fuel, temporary } = at;
  writeLocal(to, OPCODE.localTee, temporary);
  writeLocal(to, OPCODE.localGet, fuel);
  writeLocal(to, OPCODE.localGet, temporary);
  switch (opcode) {
    case OPCODE.memoryGrow:
      multiply(to, COSTS.page);
      writeIfAtMost(to, temporary, () => {
        writeI32(to, caps.memoryPages);
        to.raw([OPCODE.memorySize, 0x00]);
        to.u8(OPCODE.i32Sub);
      });
      break;
    case OPCODE.tableGrow:
      multiply(to, COSTS.tableEntry);
      writeIfAtMost(to, temporary, () => {
        writeI32(to, caps.tableEntries[table] ?? 0);
        to.raw([0xfc, OPCODE.tableSize & 0xff]);
        to.u32(table);
        to.u8(OPCODE.i32Sub);
      });
      break;
    case OPCODE.tableCopy:
    case OPCODE.tableFill:
    case OPCODE.tableInit:
      multiply(to, COSTS.tableEntry);
      writeIfAtMost(to, temporary, () => writeI32(to, TABLE_ENTRIES_BOUND));
      break;
    default:
      writeI32(to, BYTES_SHIFT);
      to.u8(OPCODE.i32ShrU);
  }
  writeTake(to, meter, fuel, undefined);
}

function multiply(to: ByteWriter, factor: number): void {
  writeI32(to, factor);
  to.u8(OPCODE.i32Mul);
}

/** Replaces the cost on top of the stack by 0 unless the operand is at most what `writeBound` computes. */
function writeIfAtMost(to: ByteWriter, temporary: number, writeBound: () => void): void {
  writeI32(to, 0);
  writeLocal(to, OPCODE.localGet, temporary);
  writeBound();
  to.u8(OPCODE.i32LeU);
  to.u8(OPCODE.select);
}
