import { IMPORT_COSTS } from '../../host/src/abi/import-costs.ts';
import { capMaximums } from '../../host/src/sandbox/cap-maximums.ts';
import { decodeModule } from '../../host/src/sandbox/decode-module.ts';
import { prepareModule, type SandboxLimits } from '../../host/src/sandbox/index.ts';
import { rewriteModule } from '../../host/src/sandbox/rewrite-module.ts';
import { appendCustomSection } from '../../tools/src/module-build/index.ts';

/** Budgets that nothing here reaches: what they cost does not depend on their size. */
export const BENCH_LIMITS: SandboxLimits = {
  moduleBytes: 67_108_864,
  memoryBytes: 4_294_967_296,
  tableEntries: 1_000_000,
  functionBytes: 7_654_321,
  fuelPerCall: 2_000_000_000,
  stackBytes: 1_048_576,
  importCosts: IMPORT_COSTS,
};

const CAPS = { memoryPages: BENCH_LIMITS.memoryBytes / 65_536, tableEntries: BENCH_LIMITS.tableEntries };

/** A module as it was given and as the sandbox rewrites it, both instantiated. */
export interface MeteredPair {
  readonly plain: WebAssembly.Instance;
  readonly metered: WebAssembly.Instance;
  /** Fuel that the metered instance has used since this was asked last. */
  takeFuel(): number;
}

/**
 * Instantiates a module both ways. V8 keeps one copy of the machine code of equal bytes; another `variant` is compiled anew,
 * so that luck with the placement of code shows.
 */
export function instantiatePair(
  wasm: Uint8Array,
  variant: number,
  createImports: () => WebAssembly.Imports = () => NO_IMPORTS,
): MeteredPair {
  const { bytes, meter } = prepareModule(wasm, BENCH_LIMITS);
  const plain = instantiate(wasm, variant, createImports());
  const metered = instantiate(bytes, variant, createImports());
  if (meter.start !== undefined) (metered.exports[meter.start] as () => void)();
  return { plain, metered, takeFuel: metered.exports[meter.takeFuel] as () => number };
}

/** A metered instance in which NaNs stay as the processor makes them. */
export function instantiateKeepingNans(wasm: Uint8Array, variant: number): WebAssembly.Instance {
  const contents = decodeModule(wasm);
  const limits = { ...BENCH_LIMITS, ...CAPS, functionBytes: 2 ** 20, importCosts: IMPORT_COSTS, keepNans: true };
  const { bytes } = rewriteModule(wasm, contents, limits, capMaximums(contents, CAPS));
  return instantiate(bytes, variant, NO_IMPORTS);
}

const NO_IMPORTS: WebAssembly.Imports = { log: { abort: () => 0 } };

function instantiate(wasm: Uint8Array, variant: number, imports: WebAssembly.Imports): WebAssembly.Instance {
  const bytes = appendCustomSection(wasm, 'variant', Uint8Array.of(variant));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  (instance.exports['_initialize'] as (() => void) | undefined)?.();
  return instance;
}
