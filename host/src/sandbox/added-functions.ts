import { GatehouseError } from '../errors.ts';
import { writeExportWrapper, writeImportThunk, writeStopReason, writeTakeFuel } from './added-code.ts';
import type { ByteWriter } from './byte-writer.ts';
import { DEFAULT_IMPORT_COST, type ImportCost, type ImportCosts } from './import-costs.ts';
import type { MeterIndices } from './meter-code.ts';
import type { ModuleContents } from './module-contents.ts';
import type { FunctionType } from './module-facts.ts';
import type { OffsetMapBuilder } from './offset-map.ts';
import type { FunctionPlan } from './plan-functions.ts';
import { HIDDEN_PARAMS, type TypeTable } from './type-table.ts';

/** A function that rewriting adds: the index of its type, and its body. */
export interface AddedFunction {
  readonly type: number;
  /** Writes it; `offsets` learns where bytes come from, if from the given module. */
  readonly write: (to: ByteWriter, offsets: OffsetMapBuilder) => void;
}

export interface AddedFunctionsOptions {
  readonly meter: MeterIndices;
  readonly importCosts: ImportCosts;
  /** Writes a plain function in full form. */
  readonly writeFull: (index: number, to: ByteWriter, offsets: OffsetMapBuilder) => void;
}

/** The functions that rewriting adds behind those of the module, and which of them stands for which. */
export class AddedFunctions {
  readonly list: AddedFunction[] = [];
  readonly takeFuel: number;
  readonly stopReason: number;
  readonly #contents: ModuleContents;
  readonly #plans: readonly FunctionPlan[];
  readonly #types: TypeTable;
  readonly #meter: MeterIndices;
  readonly #thunks = new Map<number, number>();
  readonly #fullForms = new Map<number, number>();
  readonly #wrappers = new Map<number, number>();

  constructor(
    contents: ModuleContents,
    plans: readonly FunctionPlan[],
    types: TypeTable,
    options: AddedFunctionsOptions,
  ) {
    this.#contents = contents;
    this.#plans = plans;
    this.#types = types;
    this.#meter = options.meter;
    this.#addThunks(options.importCosts);
    for (const index of contents.referenced) if (this.#plan(index).form === 'plain') this.#addFullForm(index, options);
    for (const { kind, index } of contents.exports) if (kind === 'function') this.#addWrapper(index);
    if (contents.start !== undefined) this.#addWrapper(contents.start);
    const ask = types.indexOf({ params: [], results: ['i32'] });
    this.takeFuel = this.#add(ask, (to) => writeTakeFuel(to, this.#meter));
    this.stopReason = this.#add(ask, (to) => writeStopReason(to, this.#meter));
  }

  /** What code calls in the place of a function. */
  callTarget(index: number): number {
    return this.#thunks.get(index) ?? index;
  }

  /** What tables and references hold in the place of a function. */
  referenceTarget(index: number): number {
    return this.#thunks.get(index) ?? this.#fullForms.get(index) ?? index;
  }

  /** What is exported in the place of a function; an imported one is what it was. */
  exportTarget(index: number): number {
    return this.#wrappers.get(index) ?? index;
  }

  #addThunks(importCosts: ImportCosts): void {
    const { imports, functions, functionTypes, imported, memories } = this.#contents;
    const names = imports.filter(({ kind }) => kind === 'function').map(({ module, name }) => `${module}.${name}`);
    for (let index = 0; index < imported.functions; index++) {
      const name = names[index] as string;
      const { form } = this.#plan(index);
      const cost = Object.hasOwn(importCosts, name) ? (importCosts[name] as ImportCost) : DEFAULT_IMPORT_COST;
      checkCost(name, cost);
      const called = {
        index,
        type: functions[index] as FunctionType,
        hidden: HIDDEN_PARAMS[form],
        cost,
        hasMemory: memories.length > 0,
      };
      const type = this.#types.inForm(functionTypes[index] as number, form);
      this.#thunks.set(
        index,
        this.#add(type, (to) => writeImportThunk(to, this.#meter, called)),
      );
    }
  }

  #addFullForm(index: number, { writeFull }: AddedFunctionsOptions): void {
    const type = this.#types.inForm(this.#contents.functionTypes[index] as number, 'full');
    this.#fullForms.set(
      index,
      this.#add(type, (to, offsets) => writeFull(index, to, offsets)),
    );
  }

  #addWrapper(index: number): void {
    if (index < this.#contents.imported.functions || this.#wrappers.has(index)) return;
    const called = { index, type: this.#contents.functions[index] as FunctionType, plan: this.#plan(index) };
    const type = this.#contents.functionTypes[index] as number;
    this.#wrappers.set(
      index,
      this.#add(type, (to) => writeExportWrapper(to, this.#meter, called)),
    );
  }

  #add(type: number, write: AddedFunction['write']): number {
    this.list.push({ type, write });
    return this.#contents.functions.length + this.list.length - 1;
  }

  #plan(index: number): FunctionPlan {
    return this.#plans[index] as FunctionPlan;
  }
}

/** A cost of all bytes of a memory must be a positive number of 32 bits. */
function checkCost(name: string, { base, bytesPerFuel = 2 }: ImportCost): void {
  const isFit =
    Number.isInteger(base) && base >= 0 && base < 2 ** 30 && Number.isInteger(bytesPerFuel) && bytesPerFuel >= 2;
  if (!isFit) throw new GatehouseError('INTERNAL', `the cost of ${name} is no cost`);
}
