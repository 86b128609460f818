import type { ByteWriter } from './byte-writer.ts';
import type { FunctionType } from './module-facts.ts';
import type { FunctionForm } from './plan-functions.ts';
import { VALUE_TYPE_BYTES } from './value-type.ts';

/** Parameters that a form has behind those of the given type. */
export const HIDDEN_PARAMS: Readonly<Record<FunctionForm, number>> = { plain: 0, metered: 1, full: 2 };

/** The types of a module, with those that rewriting adds behind them. Indices of the given types stay as they are. */
export class TypeTable {
  readonly #given: readonly FunctionType[];
  readonly #added: FunctionType[] = [];
  readonly #indices = new Map<string, number>();

  constructor(given: readonly FunctionType[]) {
    this.#given = given;
  }

  /** The index of a type, added on first use. */
  indexOf(type: FunctionType): number {
    const key = `${type.params} ${type.results}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.#given.length + this.#added.length;
    this.#added.push(type);
    this.#indices.set(key, index);
    return index;
  }

  /**
   * The index of a given type in another form: with the fuel, and in the full form the stack, as last parameters, and the fuel as
   * last result. Different types stay different, so that a call through a table finds the same functions as before.
   */
  inForm(index: number, form: FunctionForm): number {
    if (form === 'plain') return index;
    const { params, results } = this.#given[index] as FunctionType;
    const hidden = form === 'full' ? (['i32', 'i32'] as const) : (['i32'] as const);
    return this.indexOf({ params: [...params, ...hidden], results: [...results, 'i32'] });
  }

  /** The types that were added, as the type section has them [WASM-5.5.4]. */
  writeAdded(to: ByteWriter): void {
    for (const { params, results } of this.#added) {
      to.u8(0x60);
      for (const types of [params, results]) {
        to.u32(types.length);
        for (const type of types) to.u8(VALUE_TYPE_BYTES[type]);
      }
    }
  }

  get count(): number {
    return this.#given.length + this.#added.length;
  }
}
