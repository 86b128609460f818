import type { ValueType } from '../../../host/src/sandbox/index.ts';
import { leb, signedLeb, TYPE_BYTES } from '../../unit/host/sandbox/build-wasm.ts';
import type { Random } from '../wasm-mutations.ts';
import { type ModuleShape, pick, type ShapeFunction } from './module-shape.ts';

/** Where a branch may lead, and with which operands; loops by counters are no targets. */
export interface Label {
  readonly types: readonly ValueType[] | undefined;
}

/** The body of one function while it is made up: its code so far, its locals and the labels around the place at hand. */
export class BodyWriter {
  readonly shape: ModuleShape;
  readonly random: Random;
  readonly own: ShapeFunction;
  readonly code: number[] = [];
  /** Innermost last; the first is the function itself. */
  readonly labels: Label[] = [];
  readonly locals: ValueType[];
  /** Locals from here on are counters of loops, of type i32, that only their loop may set. */
  readonly countersFrom: number;
  #nextCounter: number;
  /** How much more may be written. */
  budget: number;

  constructor(shape: ModuleShape, own: ShapeFunction, options: { locals: readonly ValueType[]; budget: number }) {
    this.shape = shape;
    this.random = shape.random;
    this.own = own;
    this.locals = [...own.type.params, ...options.locals];
    this.countersFrom = this.locals.length;
    this.#nextCounter = this.countersFrom;
    this.budget = options.budget;
  }

  put(...code: readonly number[]): void {
    for (const byte of code) this.code.push(byte);
  }

  /** An instruction with indices behind it. */
  index(opcode: number | readonly number[], ...indices: readonly number[]): void {
    this.put(...(typeof opcode === 'number' ? [opcode] : opcode), ...indices.flatMap(leb));
  }

  i32(value: number): void {
    this.put(0x41, ...signedLeb(BigInt(value | 0)));
  }

  chance(oneIn: number): boolean {
    return this.random(oneIn) === 0;
  }

  /** A local that any code may set, or undefined. */
  localOf(type: ValueType): number | undefined {
    const fitting = this.locals.flatMap((local, index) => (local === type && index < this.countersFrom ? [index] : []));
    return fitting.length === 0 ? undefined : pick(this.random, fitting);
  }

  counter(): number {
    this.locals.push('i32');
    return this.#nextCounter++;
  }

  /** Opens a block; `write` is what is in it. Parameters of the block are on the stack then. */
  block(
    opcode: number,
    type: { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] },
    label: Label,
    write: () => void,
  ): void {
    this.put(opcode, ...this.#blockType(type));
    this.labels.push(label);
    write();
    this.labels.pop();
    this.put(0x0b);
  }

  #blockType(type: { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] }): number[] {
    const [first] = type.results;
    const isShort = type.params.length === 0 && type.results.length < 2 && !this.chance(6);
    if (!isShort) return signedLeb(BigInt(this.shape.types.indexOf(type)));
    return [first === undefined ? 0x40 : TYPE_BYTES[first]];
  }

  /** Labels that a branch may name, with the depth that it has here. */
  targets(): { readonly depth: number; readonly types: readonly ValueType[] }[] {
    return this.labels.flatMap(({ types }, at) =>
      types === undefined ? [] : [{ depth: this.labels.length - 1 - at, types }],
    );
  }
}
