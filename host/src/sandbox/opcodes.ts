import type { AcceptedFeature } from './module-facts.ts';
import { hex, malformed, type RefusedFeature, unsupported } from './wasm-error.ts';

/** What follows an opcode in the code. Every shape is of bounded length but `branchTable` and `selectTypes`. */
export const IMMEDIATE = {
  refused: 0,
  none: 1,
  /** Block type; opens a block. */
  block: 2,
  /** Closes a block. */
  end: 3,
  /** An index of type u32. */
  index: 4,
  /** Two indices of type u32. */
  twoIndices: 5,
  /** Type index, table index. */
  callIndirect: 6,
  /** Count, that many labels, default label. */
  branchTable: 7,
  selectTypes: 8,
  /** Alignment and offset. */
  memory: 9,
  memoryLane: 10,
  lane: 11,
  /** One byte 0 where later proposals have a memory index. */
  zero: 12,
  twoZeros: 13,
  indexZero: 14,
  s32: 15,
  s64: 16,
  bytes4: 17,
  bytes8: 18,
  bytes16: 19,
  heapType: 20,
  prefix: 21,
} as const;
export type Immediate = (typeof IMMEDIATE)[keyof typeof IMMEDIATE];

/** Opcodes that the sandbox has to know apart. Those behind a prefix byte are `prefix << 8 | number`. */
export const OPCODE = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  f32Store: 0x38,
  f64Store: 0x39,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eq: 0x46,
  i32LtS: 0x48,
  i32LeU: 0x4d,
  f32Ge: 0x60,
  f64Ge: 0x66,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32DivU: 0x6e,
  i32Or: 0x72,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64ConvertI32U: 0xb8,
  refFunc: 0xd2,
  i32TruncSatF64S: 0xfc02,
  memoryInit: 0xfc08,
  dataDrop: 0xfc09,
  memoryCopy: 0xfc0a,
  memoryFill: 0xfc0b,
  tableInit: 0xfc0c,
  tableCopy: 0xfc0e,
  tableGrow: 0xfc0f,
  tableSize: 0xfc10,
  tableFill: 0xfc11,
  v128Const: 0xfd0c,
  f32x4Eq: 0xfd41,
  f64x2Eq: 0xfd47,
  v128Bitselect: 0xfd52,
} as const;

type Range = readonly [first: number, last: number, immediate: keyof typeof IMMEDIATE, feature?: AcceptedFeature];

/** All accepted opcodes: MVP, then those of each accepted feature. */
const ACCEPTED: readonly Range[] = [
  [0x00, 0x01, 'none'],
  [0x02, 0x04, 'block'],
  [0x05, 0x05, 'none'],
  [0x0b, 0x0b, 'end'],
  [0x0c, 0x0d, 'index'],
  [0x0e, 0x0e, 'branchTable'],
  [0x0f, 0x0f, 'none'],
  [0x10, 0x10, 'index'],
  [0x11, 0x11, 'callIndirect'],
  [0x1a, 0x1b, 'none'],
  [0x1c, 0x1c, 'selectTypes', 'reference-types'],
  [0x20, 0x24, 'index'],
  [0x25, 0x26, 'index', 'reference-types'],
  [0x28, 0x3e, 'memory'],
  [0x3f, 0x40, 'zero'],
  [0x41, 0x41, 's32'],
  [0x42, 0x42, 's64'],
  [0x43, 0x43, 'bytes4'],
  [0x44, 0x44, 'bytes8'],
  [0x45, 0xbf, 'none'],
  [0xc0, 0xc4, 'none', 'sign-extension'],
  [0xd0, 0xd0, 'heapType', 'reference-types'],
  [0xd1, 0xd1, 'none', 'reference-types'],
  [0xd2, 0xd2, 'index', 'reference-types'],
  [0xfc, 0xfd, 'prefix'],

  [0xfc00, 0xfc07, 'none', 'saturating-conversion'],
  [0xfc08, 0xfc08, 'indexZero', 'bulk-memory'],
  [0xfc09, 0xfc09, 'index', 'bulk-memory'],
  [0xfc0a, 0xfc0a, 'twoZeros', 'bulk-memory'],
  [0xfc0b, 0xfc0b, 'zero', 'bulk-memory'],
  [0xfc0c, 0xfc0c, 'twoIndices', 'bulk-memory'],
  [0xfc0d, 0xfc0d, 'index', 'bulk-memory'],
  [0xfc0e, 0xfc0e, 'twoIndices', 'bulk-memory'],
  [0xfc0f, 0xfc11, 'index', 'reference-types'],

  [0xfd00, 0xfd0b, 'memory', 'simd'],
  [0xfd0c, 0xfd0d, 'bytes16', 'simd'],
  [0xfd0e, 0xfd14, 'none', 'simd'],
  [0xfd15, 0xfd22, 'lane', 'simd'],
  [0xfd23, 0xfd53, 'none', 'simd'],
  [0xfd54, 0xfd5b, 'memoryLane', 'simd'],
  [0xfd5c, 0xfd5d, 'memory', 'simd'],
  [0xfd5e, 0xfd99, 'none', 'simd'],
  [0xfd9b, 0xfda1, 'none', 'simd'],
  [0xfda3, 0xfda4, 'none', 'simd'],
  [0xfda7, 0xfdae, 'none', 'simd'],
  [0xfdb1, 0xfdb1, 'none', 'simd'],
  [0xfdb5, 0xfdba, 'none', 'simd'],
  [0xfdbc, 0xfdc1, 'none', 'simd'],
  [0xfdc3, 0xfdc4, 'none', 'simd'],
  [0xfdc7, 0xfdce, 'none', 'simd'],
  [0xfdd1, 0xfdd1, 'none', 'simd'],
  [0xfdd5, 0xfde1, 'none', 'simd'],
  [0xfde3, 0xfded, 'none', 'simd'],
  [0xfdef, 0xfdff, 'none', 'simd'],
];

/** Opcodes of features that are not accepted. What is in neither list is no opcode. */
const REFUSED: readonly (readonly [first: number, last: number, feature: RefusedFeature])[] = [
  [0x06, 0x0a, 'exceptions'],
  [0x12, 0x13, 'tail-calls'],
  [0x14, 0x14, 'function-references'],
  [0x15, 0x15, 'tail-calls'],
  [0x18, 0x19, 'exceptions'],
  [0x1f, 0x1f, 'exceptions'],
  [0xd3, 0xd3, 'gc'],
  [0xd4, 0xd6, 'function-references'],
  [0xe0, 0xe6, 'stack-switching'],
  [0xfb, 0xfb, 'gc'],
  [0xfe, 0xfe, 'threads'],
  [0xfc13, 0xfc16, 'wide-arithmetic'],
];

/** First and last number behind 0xFD that belong to relaxed SIMD. */
const RELAXED_SIMD = [0x100, 0x12f] as const;

const FEATURES: readonly AcceptedFeature[] = [
  'bulk-memory',
  'multi-value',
  'mutable-globals',
  'reference-types',
  'saturating-conversion',
  'sign-extension',
  'simd',
];

/** Rows of a table with a row for each opcode there can be. */
export const OPCODE_ROWS = 0x300;
/** Rows of the tables: single-byte opcodes, those behind 0xFC, those behind 0xFD. */
export const rowOf = (opcode: number): number => (opcode < 0x100 ? opcode : opcode - 0xfc00 + 0x100);

/** The shape of what follows each opcode, by `rowOf`. */
const immediates = new Uint8Array(OPCODE_ROWS);
/** The feature each opcode needs as a bit, by `rowOf`. */
const featureBits = new Uint8Array(OPCODE_ROWS);
for (const [first, last, immediate, feature] of ACCEPTED) {
  immediates.fill(IMMEDIATE[immediate], rowOf(first), rowOf(last) + 1);
  if (feature !== undefined) featureBits.fill(1 << FEATURES.indexOf(feature), rowOf(first), rowOf(last) + 1);
}

/** Row of the tables for number `number`, at most 255, behind prefix byte 0xFC or 0xFD. */
export const prefixedRow = (prefix: number, number: number): number => ((prefix - 0xfb) << 8) | number;
/** `IMMEDIATE` of an opcode's row. */
export const immediateAt = (row: number): number => immediates[row] as number;
/** Bits of the features of an opcode's row; `featuresOf` names them. */
export const featureBitsAt = (row: number): number => featureBits[row] as number;

/** The features whose bits are set. */
export function featuresOf(bits: number): AcceptedFeature[] {
  return FEATURES.filter((_, bit) => (bits & (1 << bit)) !== 0);
}

/** Throws the error for an opcode that is not in the accepted table; `number` is what follows a prefix byte. */
export function refuseOpcode(offset: number, byte: number, number?: number): never {
  if (byte === 0xfb && number !== undefined && number >= 0x80) throw unsupported('stringref', offset);
  if (byte === 0xfd && number !== undefined && number >= RELAXED_SIMD[0] && number <= RELAXED_SIMD[1]) {
    throw unsupported('relaxed-simd', offset);
  }
  const opcode = number === undefined || byte === 0xfb ? byte : byte * 0x100 + Math.min(number, 0xff);
  for (const [first, last, feature] of REFUSED) {
    if (opcode >= first && opcode <= last) throw unsupported(feature, offset);
  }
  throw malformed(offset, 'an instruction', number === undefined ? hex(byte) : `${hex(byte)} ${number}`);
}
