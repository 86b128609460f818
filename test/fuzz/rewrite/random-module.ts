import type { FunctionType } from '../../../host/src/sandbox/index.ts';
import { leb, moduleOf, nameOf, section, TYPE_BYTES, vec } from '../../unit/host/sandbox/build-wasm.ts';
import { type Random, randomOf } from '../wasm-mutations.ts';
import { BodyWriter } from './body-writer.ts';
import {
  type ModuleShape,
  pick,
  randomFunctionType,
  randomType,
  randomTypes,
  type ShapeFunction,
  TypeList,
} from './module-shape.ts';
import { countHang, statements } from './random-statements.ts';
import { constant, values } from './random-values.ts';

/** Name of the global that says how many turns and calls are still allowed; it is set anew before every call. */
export const HANG = 'hang';
export const HANG_TURNS = 60;
const BUDGET_MAX = 160;
const PAGES_MAX = 3;

const LOG_TYPES: readonly FunctionType[] = [
  ...(['i32', 'i64', 'f32', 'f64', 'v128'] as const).map((type) => ({ params: [type], results: [] })),
  { params: [], results: ['i32'] },
  { params: ['i32'], results: ['f64'] },
  { params: ['f32', 'externref'], results: ['i64', 'f32'] },
];
/** Names that the module may export before the rewriter adds its own. */
const TAKEN_NAMES = ['gatehouse:take-fuel', 'gatehouse:stop-reason', 'gatehouse:start', '__proto__', '', '\u{1f980}'];

/**
 * A valid module made for the rewriter: control flow nested every way with operands in and out, code that is never reached, calls by
 * index and through tables, many parameters, results and locals, bulk instructions, and numbers that are none. It always ends.
 */
export function randomModule(seed: number): Uint8Array<ArrayBuffer> {
  const random = randomOf(seed);
  const shape = randomShape(random);
  const { functions, types } = shape;
  const imported = functions.filter(({ isImported }) => isImported);
  const bodies = functions.filter(({ isImported }) => !isImported).map((own) => randomBody(shape, own));
  const typeOf = ({ type }: ShapeFunction): number => types.indexOf(type);
  const imports = imported.map((own, at) => [...nameOf('env'), ...nameOf(`log ${at}`), 0, ...leb(typeOf(own))]);
  const functionSection = section(3, vec(...functions.slice(imported.length).map((own) => leb(typeOf(own)))));
  const start = random(5) === 0 ? startOf(shape) : undefined;
  const sections = [
    section(2, vec(...imports)),
    functionSection,
    section(
      4,
      vec(
        ...shape.tables.map(({ element, initial, maximum }) => [
          TYPE_BYTES[element],
          1,
          ...leb(initial),
          ...leb(maximum),
        ]),
      ),
    ),
    section(5, vec([1, 1, PAGES_MAX])),
    section(6, vec(...definedGlobals(shape))),
    section(7, vec(...exportsOf(shape))),
    ...(start === undefined ? [] : [section(8, leb(start))]),
    section(9, vec(...shape.elementSegments.map(elementSegment))),
    section(12, leb(shape.dataSegments.length)),
    section(10, vec(...bodies)),
    section(11, vec(...shape.dataSegments.map(dataSegment))),
  ];
  return Uint8Array.from(moduleOf(section(1, vec(...types.encoded)), ...sections));
}

function randomShape(random: Random): ModuleShape {
  const imported = LOG_TYPES.map((type) => ({ type, isImported: true, isLeaf: false }));
  const defined = Array.from({ length: 2 + random(9) }, () => {
    const type = random(4) === 0 ? pick(random, LOG_TYPES) : randomFunctionType(random);
    return { type, isImported: false, isLeaf: random(3) === 0 };
  });
  const functions = [...imported, ...defined];
  const anyFunctions = (countMax: number): number[] =>
    Array.from({ length: 1 + random(countMax) }, () => random(functions.length));
  const elements = anyFunctions(8);
  return {
    random,
    functions,
    globals: [
      { type: 'i32', isMutable: true },
      ...randomTypes(random, 8).map((type) => ({ type, isMutable: random(4) > 0 })),
    ],
    tables: [
      { element: 'funcref', initial: elements.length + random(4), maximum: 20 },
      { element: 'externref', initial: random(6), maximum: 10 },
      { element: 'funcref', initial: 4, maximum: 8 },
    ],
    elements,
    elementSegments: [
      { kind: 'active', functions: elements },
      { kind: 'passive', functions: anyFunctions(4) },
      { kind: 'declarative', functions: anyFunctions(4) },
    ],
    dataSegments: [
      { isActive: true, bytes: Array.from({ length: random(64) }, () => random(256)) },
      { isActive: false, bytes: Array.from({ length: random(16) }, () => random(256)) },
    ],
    types: new TypeList(),
  };
}

function randomBody(shape: ModuleShape, own: ShapeFunction): number[] {
  const { random } = shape;
  const isTiny = own.isLeaf && random(2) === 0;
  const locals = random(15) === 0 ? Array.from({ length: 150 }, () => randomType(random)) : randomTypes(random, 8);
  const to = new BodyWriter(shape, own, { locals, budget: isTiny ? 4 : 10 + random(BUDGET_MAX) });
  to.labels.push({ types: own.type.results });
  if (!own.isLeaf) countHang(to);
  statements(to, isTiny ? random(2) : 1 + random(8));
  values(to, own.type.results);
  const declared = to.locals.slice(own.type.params.length).map((type) => [1, TYPE_BYTES[type]]);
  const code = [...vec(...declared), ...to.code, 0x0b];
  return [...leb(code.length), ...code];
}

/** A function without parameters and results, if there is one. */
function startOf({ functions }: ModuleShape): number | undefined {
  const index = functions.findIndex(({ type }) => type.params.length === 0 && type.results.length === 0);
  return index < 0 ? undefined : index;
}

function definedGlobals(shape: ModuleShape): number[][] {
  return shape.globals.map(({ type, isMutable }, index) => {
    const to = new BodyWriter(shape, shape.functions[0] as ShapeFunction, { locals: [], budget: 0 });
    if (index === 0) to.i32(HANG_TURNS);
    else constant(to, type);
    return [TYPE_BYTES[type], isMutable ? 1 : 0, ...to.code, 0x0b];
  });
}

function exportsOf(shape: ModuleShape): number[][] {
  const { random, functions } = shape;
  const names = functions.map((_, index) => `f${index}`);
  if (random(3) === 0) names.push(...TAKEN_NAMES.slice(random(TAKEN_NAMES.length)));
  const entries = names.map((name, index) => [
    ...nameOf(name),
    0,
    ...leb(index < functions.length ? index : random(functions.length)),
  ]);
  return [[...nameOf(HANG), 3, 0], ...entries];
}

function elementSegment({ kind, functions }: ModuleShape['elementSegments'][number]): number[] {
  const indices = vec(...functions.map(leb));
  switch (kind) {
    case 'active':
      return [0, 0x41, 0, 0x0b, ...indices];
    case 'passive':
      return [5, TYPE_BYTES.funcref, ...vec(...functions.map((index) => [0xd2, ...leb(index), 0x0b]))];
    case 'declarative':
      return [3, 0, ...indices];
    default:
      return kind satisfies never;
  }
}

function dataSegment({ isActive, bytes }: ModuleShape['dataSegments'][number]): number[] {
  return [...(isActive ? [0, 0x41, 0, 0x0b] : [1]), ...vec(...bytes.map((byte) => [byte]))];
}
