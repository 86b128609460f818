import type { FunctionType, ValueType } from '../../../host/src/sandbox/index.ts';
import { signedLeb, TYPE_BYTES } from '../../unit/host/sandbox/build-wasm.ts';
import type { BodyWriter } from './body-writer.ts';
import { pick, randomType, randomTypes } from './module-shape.ts';
import { type Access, LOADS, OPERATORS_BY_RESULT, type Operator } from './operators.ts';
import { consume, deadCode, jump, statements } from './random-statements.ts';

const INTEGERS = [0n, 1n, 2n, 7n, 63n, 255n, 65_535n, 0x7fff_ffffn, -1n, -2n, -128n, -0x8000_0000n];
const LONGS = [...INTEGERS, 0x7fff_ffff_ffff_ffffn, -0x8000_0000_0000_0000n, 0x7ff8_0000_0000_0001n];
const F32_BITS = [
  0, 0x8000_0000, 0x3f80_0000, 0xbfc0_0000, 0x7f80_0000, 0x7fc0_0000, 0xffc0_0000, 0x7fa0_0001, 0xffff_ffff,
  0x4f00_0000, 1,
];
const F64_BITS = [
  0n,
  1n << 63n,
  0x3ff0n << 48n,
  0xbff8n << 48n,
  0x7ff0n << 48n,
  0x7ff8n << 48n,
  0xfff8n << 48n,
  (0x7ff4n << 48n) + 5n,
  (1n << 64n) - 1n,
];

/** Writes code that leaves values of these types on the stack, the last on top. */
export function values(to: BodyWriter, types: readonly ValueType[]): void {
  const { random } = to;
  if (to.budget > 0 && types.length > 0 && to.chance(types.length > 1 ? 3 : 12)) {
    const isUsed = pick(random, [callFor, blockFor, blockFor, ifFor, deadFor])(to, types);
    if (isUsed) return;
  }
  for (const type of types) value(to, type);
}

/** Writes code that leaves one value. */
export function value(to: BodyWriter, type: ValueType): void {
  const { random } = to;
  if (--to.budget <= 0) {
    simple(to, type);
    return;
  }
  switch (random(16)) {
    case 0:
    case 1:
      simple(to, type);
      return;
    case 2:
      load(to, type);
      return;
    case 3:
      select(to, type);
      return;
    case 4:
      tee(to, type);
      return;
    case 5:
      if (ifFor(to, [type])) return;
      simple(to, type);
      return;
    case 6:
      if (callFor(to, [type])) return;
      simple(to, type);
      return;
    case 7:
      if (blockFor(to, [type])) return;
      simple(to, type);
      return;
    case 8:
      special(to, type);
      return;
    case 9:
      if (to.chance(4) && deadFor(to, [type])) return;
      simple(to, type);
      return;
    default:
      operator(to, type);
      return;
  }
}

/** A constant, local or global. */
export function simple(to: BodyWriter, type: ValueType): void {
  const local = to.localOf(type);
  if (local !== undefined && to.random(3) > 0) {
    to.index(0x20, local);
    return;
  }
  const globals = to.shape.globals.flatMap((global, index) => (global.type === type && index > 0 ? [index] : []));
  if (globals.length > 0 && to.chance(2)) {
    to.index(0x23, pick(to.random, globals));
    return;
  }
  constant(to, type);
}

/** A constant; numbers of all kinds, not-a-numbers with payloads among them. */
export function constant(to: BodyWriter, wanted: ValueType): void {
  const { random } = to;
  switch (wanted) {
    case 'i32':
      to.put(0x41, ...signedLeb(to.chance(2) ? pick(random, INTEGERS) : BigInt(random(2_000))));
      return;
    case 'i64':
      to.put(0x42, ...signedLeb(to.chance(2) ? pick(random, LONGS) : BigInt(random(2_000))));
      return;
    case 'f32':
      to.put(0x43, ...f32Bytes(to));
      return;
    case 'f64':
      to.put(0x44, ...f64Bytes(to));
      return;
    case 'v128':
      to.put(0xfd, 0x0c, ...v128Bytes(to));
      return;
    case 'funcref': {
      if (to.chance(2)) {
        to.put(0xd0, TYPE_BYTES.funcref);
        return;
      }
      to.index(0xd2, pick(random, functionsInSegments(to)));
      return;
    }
    case 'externref':
      to.put(0xd0, TYPE_BYTES.externref);
      return;
    default: {
      wanted satisfies never;
    }
  }
}

/** Only these may be referred to in code [WASM-3.4.10]. */
const functionsInSegments = ({ shape }: BodyWriter): number[] =>
  shape.elementSegments.flatMap(({ functions }) => [...functions]);

const bytesOfBits = (bits: bigint, count: number): number[] =>
  Array.from({ length: count }, (_, at) => Number((bits >> BigInt(8 * at)) & 0xffn));
const f32Bytes = ({ random }: BodyWriter): number[] => bytesOfBits(BigInt(pick(random, F32_BITS)), 4);
const f64Bytes = ({ random }: BodyWriter): number[] => bytesOfBits(pick(random, F64_BITS), 8);

function v128Bytes(to: BodyWriter): number[] {
  const { random } = to;
  if (to.chance(3)) return Array.from({ length: 16 }, () => random(256));
  return to.chance(2)
    ? [f32Bytes(to), f32Bytes(to), f32Bytes(to), f32Bytes(to)].flat()
    : [f64Bytes(to), f64Bytes(to)].flat();
}

function operator(to: BodyWriter, type: ValueType): void {
  const operators = OPERATORS_BY_RESULT[type];
  if (operators.length === 0) {
    simple(to, type);
    return;
  }
  writeOperator(to, pick(to.random, operators));
}

function writeOperator(to: BodyWriter, { code, takes, lanes, mayTrap }: Operator): void {
  for (const [index, type] of takes.entries()) {
    value(to, type);
    // Divisors are odd as a rule, so that most divisions come out.
    if (mayTrap && index === 1 && !to.chance(12)) to.put(...(type === 'i32' ? [0x41, 3, 0x72] : [0x42, 3, 0x84]));
  }
  if (mayTrap && takes.length === 1)
    to.put(...(takes[0] === 'f32' ? [0x8b, 0x91] : [0x99, 0x9f]), ...tame(to, takes[0] as ValueType));
  to.put(...code);
  if (lanes > 0) to.put(to.random(lanes));
}

/** Makes a number small enough for a conversion, except now and then. */
function tame(to: BodyWriter, type: ValueType): number[] {
  if (to.chance(12)) return [];
  return type === 'f32' ? [0x43, 0, 0, 0x80, 0x3f, 0x96] : [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xa4];
}

/** An address within the first pages, except now and then. */
export function address(to: BodyWriter): void {
  value(to, 'i32');
  if (!to.chance(25)) to.put(0x41, ...signedLeb(0x3fffn), 0x71);
}

export function memoryArgument(to: BodyWriter, { align, lanes }: Access): void {
  to.index([], to.random(align + 1), to.chance(20) ? 0xffff_fff0 : to.random(300));
  if (lanes > 0) to.put(to.random(lanes));
}

function load(to: BodyWriter, type: ValueType): void {
  const loads = LOADS.filter((access) => access.type === type);
  if (loads.length === 0) {
    simple(to, type);
    return;
  }
  const access = pick(to.random, loads);
  address(to);
  to.put(...access.code);
  memoryArgument(to, access);
}

function select(to: BodyWriter, type: ValueType): void {
  value(to, type);
  value(to, type);
  value(to, 'i32');
  const isTyped = type === 'funcref' || type === 'externref' || to.chance(3);
  if (isTyped) to.put(0x1c, 1, TYPE_BYTES[type]);
  else to.put(0x1b);
}

function tee(to: BodyWriter, type: ValueType): void {
  const local = to.localOf(type);
  value(to, type);
  if (local !== undefined) to.index(0x22, local);
}

/** Values that only some instructions leave. */
function special(to: BodyWriter, type: ValueType): void {
  const { random, shape } = to;
  if (type === 'i32') {
    switch (random(6)) {
      case 0:
        to.put(0x3f, 0);
        return;
      case 1:
        value(to, pick(random, ['funcref', 'externref'] as const));
        to.put(0xd1);
        return;
      case 2:
        to.index([0xfc, 0x10], random(shape.tables.length));
        return;
      case 3:
        to.i32(random(3));
        to.put(0x40, 0);
        return;
      case 4: {
        const table = random(shape.tables.length);
        value(to, shape.tables[table]?.element ?? 'funcref');
        to.i32(random(5));
        to.index([0xfc, 0x0f], table);
        return;
      }
      default:
        value(to, 'i32');
        to.put(0x45);
        return;
    }
  }
  if (type === 'v128') {
    value(to, 'v128');
    value(to, 'v128');
    to.put(0xfd, 0x0d, ...Array.from({ length: 16 }, () => random(32)));
    return;
  }
  const table = shape.tables.findIndex(({ element }) => element === type);
  if (table < 0) {
    simple(to, type);
    return;
  }
  value(to, 'i32');
  if (!to.chance(10)) to.put(0x41, 7, 0x71);
  to.index(0x25, table);
}

/** A call whose results are these; false if there is no such function. */
function callFor(to: BodyWriter, types: readonly ValueType[]): boolean {
  if (to.own.isLeaf) return false;
  const wanted = types.join();
  const fitting = to.shape.functions.flatMap(({ type }, index) => (type.results.join() === wanted ? [index] : []));
  if (fitting.length === 0) return false;
  call(to, pick(to.random, fitting));
  return true;
}

/** A call of a function by its index or through the first table. */
export function call(to: BodyWriter, index: number): void {
  const { type } = to.shape.functions[index] as { type: FunctionType };
  values(to, type.params);
  const place = to.shape.elements.indexOf(index);
  if (place < 0 || to.chance(2)) {
    to.index(0x10, index);
    return;
  }
  if (to.chance(30)) value(to, 'i32');
  else to.i32(place);
  to.index(0x11, to.shape.types.indexOf(type), 0);
}

/** A block or loop with these results and with parameters. */
function blockFor(to: BodyWriter, types: readonly ValueType[]): boolean {
  if (to.labels.length > 12) return false;
  const params = to.chance(2) ? [] : randomTypes(to.random, 3);
  values(to, params);
  to.block(0x02, { params, results: types }, { types }, () => {
    consume(to, params);
    statements(to, to.random(3));
    values(to, types);
    if (!to.chance(3)) return;
    jump(to);
    deadCode(to, types);
  });
  return true;
}

function ifFor(to: BodyWriter, types: readonly ValueType[]): boolean {
  if (to.labels.length > 12) return false;
  const params = to.chance(2) ? [] : [randomType(to.random)];
  values(to, params);
  value(to, 'i32');
  to.block(0x04, { params, results: types }, { types }, () => {
    consume(to, params);
    statements(to, to.random(2));
    values(to, types);
    to.put(0x05);
    consume(to, params);
    if (to.chance(5)) {
      jump(to);
      deadCode(to, types);
    } else values(to, types);
  });
  return true;
}

/** A block that ends in code that is never reached. */
function deadFor(to: BodyWriter, types: readonly ValueType[]): boolean {
  if (to.labels.length > 12) return false;
  to.block(0x02, { params: [], results: types }, { types }, () => {
    values(to, types);
    // Leaves the block by its own label, so that what comes behind is reached.
    to.index(0x0c, 0);
    deadCode(to, types);
  });
  return true;
}
