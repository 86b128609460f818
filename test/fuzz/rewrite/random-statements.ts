import type { ValueType } from '../../../host/src/sandbox/index.ts';
import { TYPE_BYTES } from '../../unit/host/sandbox/build-wasm.ts';
import type { BodyWriter } from './body-writer.ts';
import { pick, randomType, randomTypes, VALUE_TYPES } from './module-shape.ts';
import { OPERATORS, STORES } from './operators.ts';
import { address, call, constant, memoryArgument, value, values } from './random-values.ts';

type Statement = (to: BodyWriter) => void;

/** Writes code that leaves the stack as it is, a few instructions at a time. */
export function statements(to: BodyWriter, count: number): void {
  for (let left = count; left > 0 && to.budget > 0; left--) {
    to.budget--;
    pick(to.random, to.own.isLeaf ? LEAF_STATEMENTS : STATEMENTS)(to);
  }
}

/** Takes values of these types off the stack. */
export function consume(to: BodyWriter, types: readonly ValueType[]): void {
  for (const type of types.toReversed()) {
    const local = to.chance(3) ? undefined : to.localOf(type);
    if (local === undefined) to.put(0x1a);
    else to.index(0x21, local);
  }
}

/** Leaves the place at hand for good: what is written behind it is never reached. */
export function jump(to: BodyWriter): void {
  const target = pick(to.random, to.targets());
  switch (to.random(5)) {
    case 0:
      values(to, to.own.type.results);
      to.put(0x0f);
      return;
    case 1:
      if (to.chance(3)) {
        to.put(0x00);
        return;
      }
      values(to, target.types);
      to.index(0x0c, target.depth);
      return;
    case 2:
      branchTable(to);
      return;
    default:
      values(to, target.types);
      to.index(0x0c, target.depth);
      return;
  }
}

/** Several labels that take the same operands, one of them by default. */
function branchTable(to: BodyWriter): void {
  const targets = to.targets();
  const target = pick(to.random, targets);
  const same = targets.filter(({ types }) => types.join() === target.types.join());
  values(to, target.types);
  value(to, 'i32');
  const count = to.chance(15) ? 300 : to.random(6);
  const depths = Array.from({ length: count + 1 }, () => pick(to.random, same).depth);
  to.index(0x0e, count, ...depths);
}

/** Code behind a jump, which the engine checks against a stack that holds anything; it ends with these types on it. */
export function deadCode(to: BodyWriter, types: readonly ValueType[]): void {
  for (let left = to.random(4); left > 0; left--) pick(to.random, DEAD_STATEMENTS)(to);
  const given = to.random(types.length + 1);
  for (const type of types.slice(given)) value(to, type);
}

const DEAD_STATEMENTS: readonly Statement[] = [
  (to) => to.put(0x1a),
  (to) => {
    const { code, lanes } = pick(to.random, OPERATORS);
    to.put(...code, ...(lanes > 0 ? [to.random(lanes)] : []), 0x1a);
  },
  (to) => to.put(0x1b, 0x1a),
  (to) => to.put(0x1c, 1, TYPE_BYTES[randomType(to.random)], 0x1a),
  (to) => jump(to),
  (to) => {
    const target = pick(to.random, to.targets());
    to.index(0x0d, target.depth);
    for (const _ of target.types) to.put(0x1a);
  },
  (to) => {
    const index = to.random(to.shape.functions.length);
    to.index(0x10, index);
    for (const _ of to.shape.functions[index]?.type.results ?? []) to.put(0x1a);
  },
  (to) => {
    const { type } = pick(to.random, to.shape.functions);
    to.index(0x11, to.shape.types.indexOf(type), 0);
    for (const _ of type.results) to.put(0x1a);
  },
  (to) => {
    const access = pick(to.random, STORES);
    to.put(...access.code);
    memoryArgument(to, access);
  },
  (to) => {
    const local = to.localOf(pick(to.random, VALUE_TYPES));
    if (local === undefined) return;
    if (to.chance(2)) {
      to.index(0x21, local);
      return;
    }
    to.index(0x22, local);
    to.put(0x1a);
  },
  (to) => statements(to, 2),
  (to) => to.put(0x02, 0x40, 0x0b),
  (to) => to.put(0x03, 0x40, 0x0b),
  (to) => to.put(0x04, 0x40, 0x05, 0x0b),
  (to) => to.put(0xfc, 0x0a, 0, 0),
  (to) => to.put(0x40, 0, 0x1a),
  (to) => to.put(0x03, 0x7f, 0x00, 0x0c, 0x00, 0x0b, 0x1a),
];

function setLocal(to: BodyWriter): void {
  const type = randomType(to.random);
  value(to, type);
  consume(to, [type]);
}

function setGlobal(to: BodyWriter): void {
  const mutable = to.shape.globals.flatMap(({ isMutable }, index) => (isMutable && index > 0 ? [index] : []));
  if (mutable.length === 0) return;
  const index = pick(to.random, mutable);
  value(to, to.shape.globals[index]?.type ?? 'i32');
  to.index(0x24, index);
}

function store(to: BodyWriter): void {
  const access = pick(to.random, STORES);
  address(to);
  value(to, access.type);
  to.put(...access.code);
  memoryArgument(to, access);
}

function callAny(to: BodyWriter): void {
  const index = to.random(to.shape.functions.length);
  call(to, index);
  consume(to, to.shape.functions[index]?.type.results ?? []);
}

/** A block whose operands come in as parameters and go out as results. */
function block(to: BodyWriter): void {
  if (to.labels.length > 10) {
    setLocal(to);
    return;
  }
  const params = randomTypes(to.random, 2);
  const results = randomTypes(to.random, 2);
  values(to, params);
  to.block(0x02, { params, results }, { types: results }, () => {
    consume(to, params);
    statements(to, 1 + to.random(4));
    values(to, results);
    if (!to.chance(4)) return;
    jump(to);
    deadCode(to, results);
  });
  consume(to, results);
}

function condition(to: BodyWriter): void {
  if (to.labels.length > 10) {
    setLocal(to);
    return;
  }
  value(to, 'i32');
  to.block(0x04, { params: [], results: [] }, { types: [] }, () => {
    statements(to, to.random(4));
    if (to.chance(4)) {
      jump(to);
      deadCode(to, []);
    }
    if (to.chance(2)) return;
    to.put(0x05);
    statements(to, to.random(3));
    if (!to.chance(6)) return;
    jump(to);
    deadCode(to, []);
  });
}

/** Counts in a local; no branch but its own leads back to its head. */
function countedLoop(to: BodyWriter): void {
  if (to.labels.length > 8) {
    setLocal(to);
    return;
  }
  const counter = to.counter();
  to.i32(1 + to.random(4));
  to.index(0x21, counter);
  to.block(0x03, { params: [], results: [] }, { types: undefined }, () => {
    statements(to, 1 + to.random(3));
    to.index(0x20, counter);
    to.put(0x41, 1, 0x6b);
    to.index(0x22, counter);
    to.index(0x0d, 0);
  });
}

/** May be branched to from anywhere within, with operands; it asks `hang` at its head. */
function openLoop(to: BodyWriter): void {
  if (to.labels.length > 8) {
    setLocal(to);
    return;
  }
  const params = randomTypes(to.random, 2);
  const results = randomTypes(to.random, 2);
  values(to, params);
  to.block(0x03, { params, results }, { types: params }, () => {
    countHang(to);
    consume(to, params);
    statements(to, 1 + to.random(4));
    if (to.chance(2)) {
      values(to, params);
      value(to, 'i32');
      to.index(0x0d, 0);
      consume(to, params);
    }
    values(to, results);
    if (!to.chance(4)) return;
    jump(to);
    deadCode(to, results);
  });
  consume(to, results);
}

/** Returns from the function once `hang` is used up. */
export function countHang(to: BodyWriter): void {
  to.index(0x23, 0);
  to.put(0x45, 0x04, 0x40);
  for (const type of to.own.type.results) constant(to, type);
  to.put(0x0f, 0x0b);
  to.index(0x23, 0);
  to.put(0x41, 1, 0x6b);
  to.index(0x24, 0);
}

function branchIf(to: BodyWriter): void {
  const target = pick(to.random, to.targets());
  values(to, target.types);
  value(to, 'i32');
  to.index(0x0d, target.depth);
  consume(to, target.types);
}

/** A jump within an `if`, so that what follows can be reached. */
function jumpIf(to: BodyWriter): void {
  value(to, 'i32');
  to.block(0x04, { params: [], results: [] }, { types: [] }, () => {
    jump(to);
    deadCode(to, []);
  });
}

function bulk(to: BodyWriter): void {
  const { random, shape } = to;
  const small = (): void => to.i32(to.chance(20) ? -1 : random(12));
  const table = random(shape.tables.length);
  const segment = random(shape.elementSegments.length);
  const data = random(shape.dataSegments.length);
  switch (random(9)) {
    case 0:
      address(to);
      value(to, 'i32');
      small();
      to.put(0xfc, 0x0b, 0);
      return;
    case 1:
      address(to);
      address(to);
      to.i32(random(300));
      to.put(0xfc, 0x0a, 0, 0);
      return;
    case 2:
      address(to);
      to.i32(random(3));
      small();
      to.index([0xfc, 0x08], data, 0);
      return;
    case 3:
      if (to.chance(4)) to.index([0xfc, 0x09], data);
      return;
    case 4:
      to.i32(random(6));
      value(to, shape.tables[table]?.element ?? 'funcref');
      to.i32(random(3));
      to.index([0xfc, 0x11], table);
      return;
    case 5:
      to.i32(random(6));
      to.i32(random(6));
      to.i32(random(4));
      to.index([0xfc, 0x0e], table, table);
      return;
    case 6:
      to.i32(random(6));
      to.i32(0);
      to.i32(random(3));
      to.index([0xfc, 0x0c], segment, 0);
      return;
    case 7:
      if (to.chance(6)) to.index([0xfc, 0x0d], segment);
      return;
    default:
      to.i32(random(8));
      value(to, shape.tables[table]?.element ?? 'funcref');
      to.index(0x26, table);
      return;
  }
}

function drop(to: BodyWriter): void {
  value(to, randomType(to.random));
  to.put(0x1a);
}

const LEAF_STATEMENTS: readonly Statement[] = [
  ...[setLocal, setLocal, setGlobal, store, store, block, condition, countedLoop, branchIf, jumpIf, bulk, drop],
  (to) => to.put(0x01),
];
const STATEMENTS: readonly Statement[] = [...LEAF_STATEMENTS, callAny, callAny, callAny, openLoop, openLoop];
