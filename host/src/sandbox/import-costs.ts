/** What a call of an imported function costs, in units of fuel. */
export interface ImportCost {
  readonly base: number;
  /** Indices of the parameters that say how many bytes of memory the function reads or writes. */
  readonly bytes?: readonly number[];
  /** Bytes for one unit: a whole number of at least 2; 16 if absent. */
  readonly bytesPerFuel?: number;
}

/** Costs by `namespace.name`. */
export type ImportCosts = Readonly<Record<string, ImportCost>>;

/** What an imported function costs that the table does not have. */
export const DEFAULT_IMPORT_COST: ImportCost = { base: 50 };
export const DEFAULT_BYTES_PER_FUEL = 16;
