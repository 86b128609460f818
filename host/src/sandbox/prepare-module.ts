import { GatehouseError } from '../errors.ts';
import { capMaximums } from './cap-maximums.ts';
import { decodeModule } from './decode-module.ts';
import type { ImportCosts } from './import-costs.ts';
import { factsOf } from './inspect-module.ts';
import type { ModuleContents } from './module-contents.ts';
import type { ModuleFacts } from './module-facts.ts';
import type { OffsetMap } from './offset-map.ts';
import { type Meter, rewriteModule } from './rewrite-module.ts';
import { DEFAULT_FUNCTION_BYTES } from './structure-limits.ts';
import { malformed, overLimit } from './wasm-error.ts';

const PAGE_BYTES = 65_536;

/** What a deployment grants a module; names as in `MODULE_LIMITS`. */
export interface SandboxLimits {
  readonly moduleBytes: number;
  /** Rounded down to pages of 65,536 bytes. */
  readonly memoryBytes: number;
  /** Entries of each table. */
  readonly tableEntries: number;
  /** Size of the largest function body; 128 KiB by default. */
  readonly functionBytes?: number;
  /** Budget of one call from outside, in units of fuel; 1 to 2,147,483,647. */
  readonly fuelPerCall: number;
  /** Bytes of stack that one call from outside may take, as counted and not as the engine has them; up to 2,147,483,647. */
  readonly stackBytes: number;
  /** What imported functions cost. */
  readonly importCosts?: ImportCosts;
}

export interface PreparedModule {
  /** The module to compile: rewritten, without custom sections. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Facts of the module as it was given: offsets and sizes are those of the given bytes. */
  readonly facts: ModuleFacts;
  readonly meter: Meter;
  /** Offsets of the given bytes by offsets of the rewritten ones; see `originalOffset`. */
  readonly offsets: OffsetMap;
}

/**
 * Makes a module ready to run under limits: decodes it, has the engine validate it, and only then rewrites it. The memory and
 * every table get a maximum within the grant; every way around a loop and to a call takes fuel and, where depth is not known,
 * stack; NaNs are canonical where they can be seen. Throws what `inspectModule` does, `WASM_LIMIT` for a module, function, memory,
 * table or frame above the limit, and `WASM_MALFORMED` for what only validation finds.
 */
export function prepareModule(bytes: Uint8Array, limits: SandboxLimits): PreparedModule {
  if (bytes.byteLength > limits.moduleBytes) throw overLimit('moduleBytes', 0, limits.moduleBytes, bytes.byteLength);
  const original = privateCopy(bytes);
  const contents = decodeModule(original);
  const { functionBytes = DEFAULT_FUNCTION_BYTES } = limits;
  checkFunctionSize(contents, functionBytes);
  const caps = { memoryPages: Math.floor(limits.memoryBytes / PAGE_BYTES), tableEntries: limits.tableEntries };
  const edits = capMaximums(contents, caps);
  validate(original);
  const facts = factsOf(contents, original.byteLength);
  const { fuelPerCall, stackBytes, importCosts = {} } = limits;
  checkBudget('fuelPerCall', fuelPerCall);
  checkBudget('stackBytes', stackBytes);
  const rewritten = rewriteModule(
    original,
    contents,
    { ...caps, functionBytes, fuelPerCall, stackBytes, importCosts },
    edits,
  );
  const fault = validationFault(rewritten.bytes);
  if (fault !== undefined) throw new GatehouseError('INTERNAL', `A rewritten module does not validate: ${fault.words}`);
  return { ...rewritten, facts };
}

/** Both are handed to the guest as signed numbers of 32 bits. */
function checkBudget(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > 0x7fff_ffff)
    throw new GatehouseError('INTERNAL', `${name} is no budget`);
}

/** Shared memory could change between validation and use. */
function privateCopy(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? Uint8Array.from(bytes) : bytes;
}

function checkFunctionSize({ largest }: ModuleContents, functionBytes: number): void {
  if (largest !== undefined && largest.bytes > functionBytes) {
    throw overLimit('functionBytes', largest.offset, functionBytes, largest.bytes);
  }
}

function validate(bytes: Uint8Array): void {
  const fault = validationFault(bytes);
  if (fault !== undefined) throw malformed(fault.offset, 'a module that validates', fault.words);
}

/** What the engine says is wrong with a module; its own words are only asked for when it refuses. */
function validationFault(bytes: Uint8Array): { readonly offset: number; readonly words: string } | undefined {
  if (WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) return undefined;
  try {
    new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const offset = Number(/@\+(\d+)/.exec(words)?.[1] ?? 0);
    return { offset, words: words.replace(/^WebAssembly\.Module\(\): /, '') };
  }
  return { offset: 0, words: 'one that does not' };
}
