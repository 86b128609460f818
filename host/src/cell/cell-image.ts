/** Names of the two exports that the sandbox added to a module, by which the host reads its meter. */
export interface MeterNames {
  /** `() -> f64`: fuel used by all calls that returned, since the instance began. */
  readonly takeFuel: string;
  /** `() -> i32`, asked after a call that threw: 0 the guest's own trap, 1 out of fuel, 2 out of stack. */
  readonly stopReason: string;
  /** `() -> ()`: the start function, if the module has one; the host calls it, once and first. */
  readonly start?: string;
}

/** A module file made ready to run, as it travels to a cell: once, for all modules that have the same file and limits. */
export interface ImageSpec {
  /** By which specifications of modules refer to it; unique in a cell. */
  readonly id: number;
  /** Already limited to the grant. */
  readonly wasm: Uint8Array;
  /** Absent only in tests: its work is then not metered. */
  readonly meter?: MeterNames;
}

/** An image in a cell. It is compiled once, and its bytes are given back then: the engine has a copy of its own. */
export class CellImage {
  readonly id: number;
  readonly meter: MeterNames | undefined;
  /** Modules that have it. */
  users = 0;
  #wasm: Uint8Array | undefined;
  #compiled: WebAssembly.Module | undefined;

  constructor({ id, wasm, meter }: ImageSpec) {
    this.id = id;
    this.meter = meter;
    this.#wasm = wasm;
  }

  /** Compiled when the first module starts. Throws what the engine throws for bytes that are no module. */
  get compiled(): WebAssembly.Module {
    this.#compiled ??= new WebAssembly.Module(this.#wasm as Uint8Array<ArrayBuffer>);
    this.#wasm = undefined;
    return this.#compiled;
  }
}
