import type { FunctionType, ValueType } from '../../../host/src/sandbox/index.ts';
import { functionType, TYPE_BYTES } from '../../unit/host/sandbox/build-wasm.ts';
import type { Random } from '../wasm-mutations.ts';

export const VALUE_TYPES: readonly ValueType[] = ['i32', 'i64', 'f32', 'f64', 'v128', 'funcref', 'externref'];

export interface ShapeFunction {
  readonly type: FunctionType;
  readonly isImported: boolean;
  /** Calls nothing and loops only by counters, so that it ends by itself; others count what they do in the global `hang`. */
  readonly isLeaf: boolean;
}

/** Everything outside of the function bodies of a module that is being made up. */
export interface ModuleShape {
  readonly random: Random;
  readonly functions: readonly ShapeFunction[];
  /** Index 0 is `hang`: how many turns and calls are still allowed. */
  readonly globals: readonly { readonly type: ValueType; readonly isMutable: boolean }[];
  readonly tables: readonly {
    readonly element: 'funcref' | 'externref';
    readonly initial: number;
    readonly maximum: number;
  }[];
  /** Functions in the first table, in its order. */
  readonly elements: readonly number[];
  readonly elementSegments: readonly {
    readonly kind: 'active' | 'passive' | 'declarative';
    readonly functions: readonly number[];
  }[];
  readonly dataSegments: readonly { readonly isActive: boolean; readonly bytes: readonly number[] }[];
  readonly types: TypeList;
}

/** The types of a module, each once. */
export class TypeList {
  readonly #indices = new Map<string, number>();
  readonly encoded: number[][] = [];

  indexOf({ params, results }: FunctionType): number {
    const key = `${params.join()}>${results.join()}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const codes = (types: readonly ValueType[]): number[] => types.map((type) => TYPE_BYTES[type]);
    this.#indices.set(key, this.encoded.length);
    return this.encoded.push(functionType(codes(params), codes(results))) - 1;
  }
}

/** One of the list; the list is not empty. */
export const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

/** Numbers mostly; references are rare because little can be done with them. */
export const randomType = (random: Random): ValueType =>
  random(8) === 0 ? pick(random, VALUE_TYPES) : pick(random, VALUE_TYPES.slice(0, 5));

export const randomTypes = (random: Random, countMax: number): ValueType[] =>
  Array.from({ length: random(countMax + 1) }, () => randomType(random));

/** Few parameters and results as a rule, and many now and then. */
export function randomFunctionType(random: Random): FunctionType {
  const isWide = random(12) === 0;
  return { params: randomTypes(random, isWide ? 30 : 4), results: randomTypes(random, isWide ? 12 : 2) };
}
