import type { FunctionType } from './module-facts.ts';
import { OPCODE_ROWS, rowOf } from './opcodes.ts';

/**
 * What instructions cost, in units of fuel. One unit is about the work of one simple instruction in optimised code; what that has
 * no instruction for, as constants and reads of locals, costs nothing but what many instructions cost at least: the engine's first
 * compiler, in whose code a call stays to its end, loads them. `docs/sandbox.md` has the table.
 */
export const COSTS = {
  /** A call of a function by its index; what the function itself does comes on top. */
  call: 5,
  callIndirect: 10,
  /** The part of a called function that the caller pays for, where it is not known exactly. */
  entry: 16,
  /** Each turn of a loop. */
  loop: 1,
  /** So many instructions that follow each other cost a unit at least. */
  instructionsPerUnit: 4,
  /** Each parameter and result of a call or block beyond the first eight, which are moved through memory. */
  callValue: 4,
  blockValue: 1,
  freeValues: 8,
  /** Each doubling of the targets of a `br_table`, among which the engine's first compiler searches by comparing. */
  doubledTargets: 6,
  /** Locals of a function, which are set to zero, by four. */
  fourLocals: 1,
  /** A `memory.copy`, `fill` or `init`, which the engine does outside of compiled code, and each 16 bytes of it. */
  bulk: 500,
  sixteenBytes: 1,
  /** A `table.copy`, `fill`, `init` or `grow`, and each entry of it. */
  tableBulk: 400,
  tableEntry: 40,
  /** A `memory.grow`, and each page of it if there is room. */
  memoryGrow: 1_000,
  page: 4_096,
} as const;

type Row = readonly [first: number, last: number, cost: number];

/** Costs by opcode; those behind a prefix byte are `prefix << 8 | number`. What is not listed costs 1. */
export const COST_ROWS: readonly Row[] = [
  [0x00, 0x03, 0],
  [0x05, 0x05, 0],
  [0x0b, 0x0b, 0],
  [0x0e, 0x0e, 3],
  [0x10, 0x10, COSTS.call],
  [0x11, 0x11, COSTS.callIndirect],
  [0x1a, 0x1a, 0],
  [0x20, 0x20, 0],
  [0x25, 0x25, 4],
  [0x26, 0x26, COSTS.tableEntry],
  [0x28, 0x3e, 2],
  [0x40, 0x40, COSTS.memoryGrow],
  [0x41, 0x44, 0],
  [0x6d, 0x70, 8],
  [0x77, 0x78, 6],
  [0x7f, 0x82, 12],
  [0x89, 0x8a, 6],
  [0x8d, 0x90, 2],
  [0x91, 0x91, 8],
  [0x92, 0x94, 2],
  [0x95, 0x95, 5],
  [0x96, 0x98, 3],
  [0x9b, 0x9e, 2],
  [0x9f, 0x9f, 10],
  [0xa0, 0xa2, 2],
  [0xa3, 0xa3, 6],
  [0xa4, 0xa6, 3],
  [0xa8, 0xab, 3],
  [0xae, 0xbb, 3],
  [0xbc, 0xbd, 4],
  [0xd2, 0xd2, 24],
  [0xfc00, 0xfc07, 4],
  [0xfc08, 0xfc08, COSTS.bulk],
  [0xfc0a, 0xfc0b, COSTS.bulk],
  [0xfc0c, 0xfc0c, COSTS.tableBulk],
  [0xfc0d, 0xfc0d, 4],
  [0xfc0e, 0xfc0f, COSTS.tableBulk],
  [0xfc11, 0xfc11, COSTS.tableBulk],
  [0xfd00, 0xfdff, 2],
  [0xfd62, 0xfd62, 8],
  [0xfd67, 0xfd6a, 8],
  [0xfd74, 0xfd75, 8],
  [0xfd7a, 0xfd7a, 8],
  [0xfd94, 0xfd94, 8],
  [0xfdd5, 0xfdd5, 8],
  [0xfde3, 0xfde3, 16],
  [0xfde4, 0xfde6, 6],
  [0xfde7, 0xfde9, 12],
  [0xfdef, 0xfdef, 20],
  [0xfdf0, 0xfdf2, 6],
  [0xfdf3, 0xfdf5, 12],
  [0xfdf8, 0xfdff, 6],
];

const costs = new Uint16Array(OPCODE_ROWS).fill(1);
for (const [first, last, cost] of COST_ROWS) costs.fill(cost, rowOf(first), rowOf(last) + 1);

/** What an accepted instruction costs, in units of fuel. */
export const costOf = (opcode: number): number => costs[rowOf(opcode)] as number;

/** What the parameters and results of a call or a block cost on top, in units of fuel. */
export function costOfValues({ params, results }: FunctionType, each: number): number {
  return Math.max(0, params.length + results.length - COSTS.freeValues) * each;
}

/** What a `br_table` costs on top, by the number of its labels besides the default. */
export const costOfTargets = (count: number): number => COSTS.doubledTargets * (31 - Math.clz32(count + 1));
