import type { ByteWriter } from './byte-writer.ts';
import { type NanForm, writeCanonical } from './canonical-nan.ts';
import { DEFAULT_BYTES_PER_FUEL, type ImportCost } from './import-costs.ts';
import { type MeterIndices, NOT_STOPPED, writeCharge, writeI32, writeLocal, writeTake } from './meter-code.ts';
import type { FunctionType } from './module-facts.ts';
import { OPCODE } from './opcodes.ts';
import type { FunctionPlan } from './plan-functions.ts';
import { VALUE_TYPE_BYTES, type ValueType } from './value-type.ts';

const PAGE_SHIFT = 16;

const isFloat = (type: ValueType): type is NanForm & ValueType => type === 'f32' || type === 'f64';

function writeLocals(to: ByteWriter, types: readonly ValueType[]): void {
  to.u32(types.length);
  for (const type of types) {
    to.u32(1);
    to.u8(VALUE_TYPE_BYTES[type]);
  }
}

/** Pushes all parameters; those that are numbers with canonical NaNs if asked for. */
function writeArguments(
  to: ByteWriter,
  params: readonly ValueType[],
  temporaries?: ReadonlyMap<ValueType, number>,
): void {
  for (const [index, type] of params.entries()) {
    writeLocal(to, OPCODE.localGet, index);
    if (temporaries !== undefined && isFloat(type)) writeCanonical(to, type, temporaries.get(type) as number);
  }
}

/** Stands in the module for a function that it imports: charges for the call, and shows only canonical NaNs to the outside. */
export function writeImportThunk(
  to: ByteWriter,
  meter: MeterIndices,
  called: {
    readonly index: number;
    readonly type: FunctionType;
    readonly hidden: number;
    readonly cost: ImportCost;
    readonly hasMemory: boolean;
  },
): void {
  const { cost, hasMemory } = called;
  const { params } = called.type;
  const floats = [...new Set(params.filter(isFloat))];
  writeLocals(to, floats);
  const temporaries = new Map(floats.map((type, at) => [type as ValueType, params.length + called.hidden + at]));
  const fuel = params.length;
  writeCharge(to, meter, fuel, undefined, cost.base);
  // A function of another type than the table expects can be rewritten like any other; the host will not link it.
  const lengths = (cost.bytes ?? []).filter((at) => hasMemory && params[at] === 'i32');
  for (const length of lengths) writeBytesCharge(to, meter, fuel, length, cost);
  writeArguments(to, params, temporaries);
  writeLocal(to, OPCODE.call, called.index);
  writeLocal(to, OPCODE.localGet, fuel);
  to.u8(OPCODE.end);
}

/** A length beyond the memory costs nothing: the function refuses it. */
function writeBytesCharge(to: ByteWriter, meter: MeterIndices, fuel: number, length: number, cost: ImportCost): void {
  writeLocal(to, OPCODE.localGet, fuel);
  writeLocal(to, OPCODE.localGet, length);
  writeI32(to, cost.bytesPerFuel ?? DEFAULT_BYTES_PER_FUEL);
  to.u8(OPCODE.i32DivU);
  writeI32(to, 0);
  // Compared in pages, because all of 4 GiB is no number of 32 bits.
  writeLocal(to, OPCODE.localGet, length);
  writeI32(to, PAGE_SHIFT);
  to.u8(OPCODE.i32ShrU);
  to.raw([OPCODE.memorySize, 0x00]);
  to.u8(OPCODE.i32LeU);
  to.u8(OPCODE.select);
  writeTake(to, meter, fuel, undefined);
}

/**
 * Stands among the exports for a function of the module, with its given type: starts each call from outside with the whole budget,
 * counts what it used, and shows only canonical NaNs.
 */
export function writeExportWrapper(
  to: ByteWriter,
  meter: MeterIndices,
  called: { readonly index: number; readonly type: FunctionType; readonly plan: FunctionPlan },
): void {
  const { params, results } = called.type;
  const { form, price } = called.plan;
  const left = params.length;
  const kept = results.map((_, index) => left + 1 + index);
  const floats = [...new Set(results.filter(isFloat))];
  const temporaries = new Map(floats.map((type, at) => [type, left + 1 + results.length + at]));
  writeLocals(to, ['i32', ...results, ...floats]);
  writeArguments(to, params);
  // What a caller inside would have paid in advance is taken first.
  if (form !== 'plain') writeI32(to, meter.fuelPerCall - price);
  if (form === 'full') writeI32(to, meter.stackBytes);
  writeLocal(to, OPCODE.call, called.index);
  if (form !== 'plain') writeLocal(to, OPCODE.localSet, left);
  for (const local of [...kept].reverse()) writeLocal(to, OPCODE.localSet, local);
  // What was taken after the last check is checked here, so that no call that returns has used more than its budget.
  if (form !== 'plain') writeCharge(to, meter, left, undefined, 0);
  writeLocal(to, OPCODE.globalGet, meter.usedGlobal);
  if (form === 'plain') writeI32(to, price);
  else {
    writeI32(to, meter.fuelPerCall);
    writeLocal(to, OPCODE.localGet, left);
    to.u8(OPCODE.i32Sub);
  }
  to.raw([OPCODE.f64ConvertI32U, OPCODE.f64Add]);
  writeLocal(to, OPCODE.globalSet, meter.usedGlobal);
  for (const [index, type] of results.entries()) {
    writeLocal(to, OPCODE.localGet, kept[index] as number);
    if (isFloat(type)) writeCanonical(to, type, temporaries.get(type) as number);
  }
  to.u8(OPCODE.end);
}

/**
 * `takeFuel`: units of fuel that calls from outside which returned have used since it was asked last, as i32: a number that JavaScript needs
 * no memory for. What does not fit stays for the next time.
 */
export function writeTakeFuel(to: ByteWriter, meter: MeterIndices): void {
  const taken = 0;
  writeLocals(to, ['i32']);
  writeLocal(to, OPCODE.globalGet, meter.usedGlobal);
  writeLocal(to, OPCODE.globalGet, meter.usedGlobal);
  to.raw([0xfc, OPCODE.i32TruncSatF64S & 0xff]);
  writeLocal(to, OPCODE.localTee, taken);
  to.raw([OPCODE.f64ConvertI32U, OPCODE.f64Sub]);
  writeLocal(to, OPCODE.globalSet, meter.usedGlobal);
  writeLocal(to, OPCODE.localGet, taken);
  to.u8(OPCODE.end);
}

/** `stopReason`: 0 if no call was stopped, 1 if one ran out of fuel, 2 if one ran out of stack. */
export function writeStopReason(to: ByteWriter, meter: MeterIndices): void {
  writeLocals(to, []);
  const stop = (): void => writeLocal(to, OPCODE.globalGet, meter.stopGlobal);
  writeI32(to, 0);
  writeI32(to, 1);
  writeI32(to, 2);
  stop();
  writeI32(to, 0);
  to.u8(OPCODE.i32LtS);
  to.u8(OPCODE.select);
  stop();
  writeI32(to, NOT_STOPPED);
  to.u8(OPCODE.i32Eq);
  to.u8(OPCODE.select);
  to.u8(OPCODE.end);
}
