import type { ValueType } from '../../../host/src/sandbox/index.ts';

/** An instruction that takes numbers and leaves one, whose immediates are drawn when it is written. */
export interface Operator {
  readonly code: readonly number[];
  readonly takes: readonly ValueType[];
  readonly gives: ValueType;
  /** Lanes, one of which is an immediate. */
  readonly lanes: number;
  /** Whether some operands make it trap. */
  readonly mayTrap: boolean;
}

type Range = readonly [first: number, last: number];
interface Group {
  readonly takes: readonly ValueType[];
  readonly gives: ValueType;
  readonly ranges: readonly Range[];
  readonly lanes?: number;
  readonly mayTrap?: boolean;
}

const PLAIN: readonly Group[] = [
  {
    takes: ['i32'],
    gives: 'i32',
    ranges: [
      [0x45, 0x45],
      [0x67, 0x69],
      [0xc0, 0xc1],
    ],
  },
  {
    takes: ['i32', 'i32'],
    gives: 'i32',
    ranges: [
      [0x46, 0x4f],
      [0x6a, 0x6c],
      [0x71, 0x78],
    ],
  },
  { takes: ['i32', 'i32'], gives: 'i32', ranges: [[0x6d, 0x70]], mayTrap: true },
  {
    takes: ['i64'],
    gives: 'i32',
    ranges: [
      [0x50, 0x50],
      [0xa7, 0xa7],
    ],
  },
  { takes: ['i64', 'i64'], gives: 'i32', ranges: [[0x51, 0x5a]] },
  { takes: ['f32', 'f32'], gives: 'i32', ranges: [[0x5b, 0x60]] },
  { takes: ['f64', 'f64'], gives: 'i32', ranges: [[0x61, 0x66]] },
  {
    takes: ['i64'],
    gives: 'i64',
    ranges: [
      [0x79, 0x7b],
      [0xc2, 0xc4],
    ],
  },
  {
    takes: ['i64', 'i64'],
    gives: 'i64',
    ranges: [
      [0x7c, 0x7e],
      [0x83, 0x8a],
    ],
  },
  { takes: ['i64', 'i64'], gives: 'i64', ranges: [[0x7f, 0x82]], mayTrap: true },
  { takes: ['f32'], gives: 'f32', ranges: [[0x8b, 0x91]] },
  { takes: ['f32', 'f32'], gives: 'f32', ranges: [[0x92, 0x98]] },
  { takes: ['f64'], gives: 'f64', ranges: [[0x99, 0x9f]] },
  { takes: ['f64', 'f64'], gives: 'f64', ranges: [[0xa0, 0xa6]] },
  { takes: ['f32'], gives: 'i32', ranges: [[0xa8, 0xa9]], mayTrap: true },
  { takes: ['f64'], gives: 'i32', ranges: [[0xaa, 0xab]], mayTrap: true },
  { takes: ['f32'], gives: 'i64', ranges: [[0xae, 0xaf]], mayTrap: true },
  { takes: ['f64'], gives: 'i64', ranges: [[0xb0, 0xb1]], mayTrap: true },
  { takes: ['i32'], gives: 'i64', ranges: [[0xac, 0xad]] },
  {
    takes: ['i32'],
    gives: 'f32',
    ranges: [
      [0xb2, 0xb3],
      [0xbe, 0xbe],
    ],
  },
  { takes: ['i64'], gives: 'f32', ranges: [[0xb4, 0xb5]] },
  { takes: ['f64'], gives: 'f32', ranges: [[0xb6, 0xb6]] },
  { takes: ['i32'], gives: 'f64', ranges: [[0xb7, 0xb8]] },
  {
    takes: ['i64'],
    gives: 'f64',
    ranges: [
      [0xb9, 0xba],
      [0xbf, 0xbf],
    ],
  },
  { takes: ['f32'], gives: 'f64', ranges: [[0xbb, 0xbb]] },
  { takes: ['f32'], gives: 'i32', ranges: [[0xbc, 0xbc]] },
  { takes: ['f64'], gives: 'i64', ranges: [[0xbd, 0xbd]] },
];

const SATURATING: readonly Group[] = [
  { takes: ['f32'], gives: 'i32', ranges: [[0, 1]] },
  { takes: ['f64'], gives: 'i32', ranges: [[2, 3]] },
  { takes: ['f32'], gives: 'i64', ranges: [[4, 5]] },
  { takes: ['f64'], gives: 'i64', ranges: [[6, 7]] },
];

const VECTOR: readonly Group[] = [
  {
    takes: ['v128'],
    gives: 'v128',
    ranges: [
      ...([
        [0x4d, 0x4d],
        [0x5e, 0x5f],
        [0x60, 0x62],
        [0x67, 0x6a],
        [0x74, 0x75],
        [0x7a, 0x7a],
      ] as const),
      ...([
        [0x7c, 0x81],
        [0x87, 0x8a],
        [0x94, 0x94],
        [0xa0, 0xa1],
        [0xa7, 0xaa],
        [0xc0, 0xc1],
      ] as const),
      ...([
        [0xc7, 0xca],
        [0xe0, 0xe1],
        [0xe3, 0xe3],
        [0xec, 0xed],
        [0xef, 0xef],
        [0xf8, 0xff],
      ] as const),
    ],
  },
  {
    takes: ['v128', 'v128'],
    gives: 'v128',
    ranges: [
      ...([
        [0x0e, 0x0e],
        [0x23, 0x4c],
        [0x4e, 0x51],
        [0x65, 0x66],
        [0x6e, 0x73],
        [0x76, 0x79],
      ] as const),
      ...([
        [0x7b, 0x7b],
        [0x82, 0x82],
        [0x85, 0x86],
        [0x8e, 0x93],
        [0x95, 0x99],
        [0x9b, 0x9f],
      ] as const),
      ...([
        [0xae, 0xae],
        [0xb1, 0xb1],
        [0xb5, 0xba],
        [0xbc, 0xbf],
        [0xce, 0xce],
        [0xd1, 0xd1],
      ] as const),
      ...([
        [0xd5, 0xdf],
        [0xe4, 0xeb],
        [0xf0, 0xf7],
      ] as const),
    ],
  },
  // Once more, because arithmetic on numbers is where NaNs come from.
  {
    takes: ['v128', 'v128'],
    gives: 'v128',
    ranges: [
      [0xe4, 0xe9],
      [0xf0, 0xf5],
    ],
  },
  { takes: ['v128', 'v128', 'v128'], gives: 'v128', ranges: [[0x52, 0x52]] },
  {
    takes: ['v128', 'i32'],
    gives: 'v128',
    ranges: [
      [0x6b, 0x6d],
      [0x8b, 0x8d],
      [0xab, 0xad],
      [0xcb, 0xcd],
    ],
  },
  {
    takes: ['v128'],
    gives: 'i32',
    ranges: [
      [0x53, 0x53],
      [0x63, 0x64],
      [0x83, 0x84],
      [0xa3, 0xa4],
      [0xc3, 0xc4],
    ],
  },
  { takes: ['i32'], gives: 'v128', ranges: [[0x0f, 0x11]] },
  { takes: ['i64'], gives: 'v128', ranges: [[0x12, 0x12]] },
  { takes: ['f32'], gives: 'v128', ranges: [[0x13, 0x13]] },
  { takes: ['f64'], gives: 'v128', ranges: [[0x14, 0x14]] },
  { takes: ['v128'], gives: 'i32', ranges: [[0x15, 0x16]], lanes: 16 },
  { takes: ['v128', 'i32'], gives: 'v128', ranges: [[0x17, 0x17]], lanes: 16 },
  { takes: ['v128'], gives: 'i32', ranges: [[0x18, 0x19]], lanes: 8 },
  { takes: ['v128', 'i32'], gives: 'v128', ranges: [[0x1a, 0x1a]], lanes: 8 },
  { takes: ['v128'], gives: 'i32', ranges: [[0x1b, 0x1b]], lanes: 4 },
  { takes: ['v128', 'i32'], gives: 'v128', ranges: [[0x1c, 0x1c]], lanes: 4 },
  { takes: ['v128'], gives: 'i64', ranges: [[0x1d, 0x1d]], lanes: 2 },
  { takes: ['v128', 'i64'], gives: 'v128', ranges: [[0x1e, 0x1e]], lanes: 2 },
  { takes: ['v128'], gives: 'f32', ranges: [[0x1f, 0x1f]], lanes: 4 },
  { takes: ['v128', 'f32'], gives: 'v128', ranges: [[0x20, 0x20]], lanes: 4 },
  { takes: ['v128'], gives: 'f64', ranges: [[0x21, 0x21]], lanes: 2 },
  { takes: ['v128', 'f64'], gives: 'v128', ranges: [[0x22, 0x22]], lanes: 2 },
];

function expand(groups: readonly Group[], encode: (number: number) => readonly number[]): Operator[] {
  return groups.flatMap(({ takes, gives, ranges, lanes = 0, mayTrap = false }) =>
    ranges.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, at) => ({ code: encode(first + at), takes, gives, lanes, mayTrap })),
    ),
  );
}

const OPERATORS: readonly Operator[] = [
  ...expand(PLAIN, (opcode) => [opcode]),
  ...expand(SATURATING, (number) => [0xfc, number]),
  ...expand(VECTOR, (number) => (number < 0x80 ? [0xfd, number] : [0xfd, number, 0x01])),
];

/** All numeric instructions by the type of what they leave. */
export const OPERATORS_BY_RESULT: Readonly<Record<ValueType, readonly Operator[]>> = {
  i32: OPERATORS.filter(({ gives }) => gives === 'i32'),
  i64: OPERATORS.filter(({ gives }) => gives === 'i64'),
  f32: OPERATORS.filter(({ gives }) => gives === 'f32'),
  f64: OPERATORS.filter(({ gives }) => gives === 'f64'),
  v128: OPERATORS.filter(({ gives }) => gives === 'v128'),
  funcref: [],
  externref: [],
};
export { OPERATORS };

/** A load or a store, with the highest alignment it may name. */
export interface Access {
  readonly code: readonly number[];
  readonly type: ValueType;
  readonly align: number;
  /** Lanes, one of which is an immediate behind the address. */
  readonly lanes: number;
}

const access = (type: ValueType, code: readonly number[], align: number, lanes = 0): Access => ({
  code,
  type,
  align,
  lanes,
});

export const LOADS: readonly Access[] = [
  ...[2, 0, 0, 1, 1].map((align, at) => access('i32', [[0x28, 0x2c, 0x2d, 0x2e, 0x2f][at] as number], align)),
  ...[3, 0, 0, 1, 1, 2, 2].map((align, at) =>
    access('i64', [[0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35][at] as number], align),
  ),
  access('f32', [0x2a], 2),
  access('f64', [0x2b], 3),
  ...[4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3].map((align, at) => access('v128', [0xfd, at], align)),
  ...[2, 3].map((align, at) => access('v128', [0xfd, 0x5c + at], align)),
];

export const STORES: readonly Access[] = [
  ...[2, 0, 1].map((align, at) => access('i32', [[0x36, 0x3a, 0x3b][at] as number], align)),
  ...[3, 0, 1, 2].map((align, at) => access('i64', [[0x37, 0x3c, 0x3d, 0x3e][at] as number], align)),
  access('f32', [0x38], 2),
  access('f64', [0x39], 3),
  access('v128', [0xfd, 0x0b], 4),
  ...[0, 1, 2, 3].map((align, at) => access('v128', [0xfd, 0x58 + at], align, 16 >> align)),
];
