import type { ByteWriter } from './byte-writer.ts';
import { OPCODE, OPCODE_ROWS, rowOf } from './opcodes.ts';
import type { ValueType } from './value-type.ts';

/** How a value is made canonical: as a number, or as lanes of a vector. */
export type NanForm = 'f32' | 'f64' | 'f32x4' | 'f64x2';

type Row = readonly [first: number, last: number];

/** Instructions that show the bits of the number on top of the stack, or pass them on as bits. */
const SHOW_F32: readonly Row[] = [
  [0x38, 0x38],
  [0x98, 0x98],
  [0xbc, 0xbc],
  [0xfd13, 0xfd13],
  [0xfd20, 0xfd20],
];
const SHOW_F64: readonly Row[] = [
  [0x39, 0x39],
  [0xa6, 0xa6],
  [0xbd, 0xbd],
  [0xfd14, 0xfd14],
  [0xfd22, 0xfd22],
];
/** Vector instructions whose result may hold a NaN of their own making: all their bits can be seen at once. */
const MAKE_F32X4: readonly Row[] = [
  [0xfd5e, 0xfd5e],
  [0xfd67, 0xfd6a],
  [0xfde3, 0xfde9],
];
const MAKE_F64X2: readonly Row[] = [
  [0xfd5f, 0xfd5f],
  [0xfd74, 0xfd75],
  [0xfd7a, 0xfd7a],
  [0xfd94, 0xfd94],
  [0xfdef, 0xfdf5],
];
/** Instructions whose result has the same bits everywhere: constants, loads, conversions of integers, bits, lanes. */
const CLEAN: readonly Row[] = [
  [0x2a, 0x2b],
  [0x43, 0x44],
  [0xb2, 0xb5],
  [0xb7, 0xba],
  [0xbe, 0xbf],
  [0xfd1f, 0xfd1f],
  [0xfd21, 0xfd21],
];
/** Instructions that change the sign at most, so that what was the same everywhere stays so. */
const KEEP: readonly Row[] = [
  [0x22, 0x22],
  [0x8b, 0x8c],
  [0x99, 0x9a],
];

const SHOWS = 0x07;
const FORMS: readonly (NanForm | undefined)[] = [undefined, 'f32', 'f64', 'f32x4', 'f64x2'];
const IS_CLEAN = 0x08;
const KEEPS = 0x10;
const table = new Uint8Array(OPCODE_ROWS);
const mark = (rows: readonly Row[], bits: number): void => {
  for (const [first, last] of rows) table.fill(bits, rowOf(first), rowOf(last) + 1);
};
mark(SHOW_F32, FORMS.indexOf('f32'));
mark(SHOW_F64, FORMS.indexOf('f64'));
mark(MAKE_F32X4, FORMS.indexOf('f32x4'));
mark(MAKE_F64X2, FORMS.indexOf('f64x2'));
mark(CLEAN, IS_CLEAN);
mark(KEEP, KEEPS);

/**
 * Finds where a NaN could be seen. The bits of a NaN that arithmetic makes differ between the compilers of the engine and between
 * processors; a number whose bits may differ is made canonical before an instruction that shows them, a vector after the
 * instruction that made it.
 */
export class NanSites {
  /** Form in which the operand on top of the stack must be made canonical before the instruction; usually undefined. */
  before: NanForm | undefined;
  /** Form in which the result must be made canonical. */
  after: NanForm | undefined;
  readonly #visibleGlobals: ReadonlyMap<number, 'f32' | 'f64'>;
  #isClean = false;
  /** Locals that hold a clean value, on the straight piece of code at hand. */
  readonly #cleanLocals = new Set<number>();

  /** @param visibleGlobals types of the globals with numbers that others than the module can read */
  constructor(visibleGlobals: ReadonlyMap<number, 'f32' | 'f64'>) {
    this.#visibleGlobals = visibleGlobals;
  }

  /** Looks at the next instruction; `index` is its first immediate. */
  next(opcode: number, index: number): void {
    const bits = table[rowOf(opcode)] as number;
    const form = FORMS[bits & SHOWS];
    const isVector = form === 'f32x4' || form === 'f64x2';
    this.after = isVector ? form : undefined;
    this.before = this.#isClean || isVector ? undefined : form;
    if (opcode === OPCODE.globalSet && !this.#isClean) this.before = this.#visibleGlobals.get(index);
    const isSet = opcode === OPCODE.localSet || opcode === OPCODE.localTee;
    if (isSet && this.#isClean) this.#cleanLocals.add(index);
    else if (isSet) this.#cleanLocals.delete(index);
    else if (opcode <= OPCODE.return) this.#cleanLocals.clear();
    const isCleanLocal = opcode === OPCODE.localGet && this.#cleanLocals.has(index);
    this.#isClean = isCleanLocal || (bits & IS_CLEAN) !== 0 || (this.#isClean && (bits & KEEPS) !== 0);
  }
}

/** The type of the local that `writeCanonical` needs. */
export const temporaryOf = (form: NanForm): ValueType => (form === 'f32' || form === 'f64' ? form : 'v128');

const F32_NAN = [0x00, 0x00, 0xc0, 0x7f];
const F64_NAN = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f];
const repeat = (bytes: readonly number[], times: number): number[] => Array.from({ length: times }, () => bytes).flat();

/** Writes code that replaces a NaN on top of the stack, or in lanes of the vector there, by the canonical one [WASM-4.3.3]. */
export function writeCanonical(to: ByteWriter, form: NanForm, temporary: number): void {
  const get = (): void => {
    to.u8(OPCODE.localGet);
    to.u32(temporary);
  };
  to.u8(OPCODE.localTee);
  to.u32(temporary);
  switch (form) {
    case 'f32':
    case 'f64':
      to.u8(form === 'f32' ? OPCODE.f32Const : OPCODE.f64Const);
      to.raw(form === 'f32' ? F32_NAN : F64_NAN);
      get();
      get();
      // Only a NaN is not at least itself; unlike equality that is one test of the processor.
      to.u8(form === 'f32' ? OPCODE.f32Ge : OPCODE.f64Ge);
      to.u8(OPCODE.select);
      return;
    case 'f32x4':
    case 'f64x2':
      to.raw([0xfd, OPCODE.v128Const & 0xff]);
      to.raw(form === 'f32x4' ? repeat(F32_NAN, 4) : repeat(F64_NAN, 2));
      get();
      get();
      to.raw([0xfd, (form === 'f32x4' ? OPCODE.f32x4Eq : OPCODE.f64x2Eq) & 0xff]);
      to.raw([0xfd, OPCODE.v128Bitselect & 0xff]);
      return;
    default:
      form satisfies never;
  }
}
