import type { ByteWriter } from './byte-writer.ts';
import { OPCODE } from './opcodes.ts';

/** Indices of what metering adds to a module. */
export interface MeterIndices {
  /** Global of type f64: fuel used by calls from outside that returned. */
  readonly usedGlobal: number;
  /** Global of type i32: why a call was stopped, see `NOT_STOPPED`. */
  readonly stopGlobal: number;
  /** The budget of one call from outside, in units of fuel and bytes of stack. */
  readonly fuelPerCall: number;
  readonly stackBytes: number;
}

/** Value of the stop global as long as nothing was stopped; else it holds the fuel left, which is negative if that was the reason. */
export const NOT_STOPPED = -0x8000_0000;

/** Type of blocks without parameters and results. */
export const EMPTY_BLOCK = 0x40;

export function writeLocal(to: ByteWriter, opcode: number, local: number): void {
  to.u8(opcode);
  to.u32(local);
}

export function writeI32(to: ByteWriter, value: number): void {
  to.u8(OPCODE.i32Const);
  to.s32(value);
}

/**
 * Writes the end of every charge. What is to be taken is on top of the stack of operands and the fuel below it; takes it, and stops
 * the guest by a trap of its own if none is left, or no stack. A trap cannot be caught inside.
 */
export function writeTake(to: ByteWriter, meter: MeterIndices, fuel: number, stack: number | undefined): void {
  to.u8(OPCODE.i32Sub);
  writeLocal(to, OPCODE.localTee, fuel);
  if (stack !== undefined) {
    writeLocal(to, OPCODE.localGet, stack);
    to.u8(OPCODE.i32Or);
  }
  writeI32(to, 0);
  to.u8(OPCODE.i32LtS);
  to.u8(OPCODE.if);
  to.u8(EMPTY_BLOCK);
  writeLocal(to, OPCODE.localGet, fuel);
  writeLocal(to, OPCODE.globalSet, meter.stopGlobal);
  to.u8(OPCODE.unreachable);
  to.u8(OPCODE.end);
}

/** Writes a charge of a fixed cost, with its check. */
export function writeCharge(
  to: ByteWriter,
  meter: MeterIndices,
  fuel: number,
  stack: number | undefined,
  cost: number,
): void {
  writeLocal(to, OPCODE.localGet, fuel);
  writeI32(to, cost);
  writeTake(to, meter, fuel, stack);
}

/** Writes a charge that is left to the next check. */
export function writeUncheckedCharge(to: ByteWriter, fuel: number, cost: number): void {
  writeLocal(to, OPCODE.localGet, fuel);
  writeI32(to, cost);
  to.u8(OPCODE.i32Sub);
  writeLocal(to, OPCODE.localSet, fuel);
}
