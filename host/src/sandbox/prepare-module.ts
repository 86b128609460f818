import { GatehouseError } from '../errors.ts';
import { capMaximums } from './cap-maximums.ts';
import { decodeModule } from './decode-module.ts';
import { factsOf } from './inspect-module.ts';
import type { ModuleContents } from './module-contents.ts';
import type { ModuleFacts } from './module-facts.ts';
import { rewriteSections } from './rewrite-sections.ts';
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
  /** Size of the largest function body; 1 MiB by default. */
  readonly functionBytes?: number;
}

export interface PreparedModule {
  /** The module to compile; the given array itself if nothing had to change. */
  readonly bytes: Uint8Array;
  /** Facts of the module as it was given: offsets and sizes are those of the given bytes. */
  readonly facts: ModuleFacts;
}

/**
 * Makes a module ready to run under limits: decodes it, has the engine validate it, and only then rewrites it. The memory and
 * every table get a maximum within the grant. Throws what `inspectModule` does, `WASM_LIMIT` for a module, function, memory or
 * table above the grant, and `WASM_MALFORMED` for what only validation finds.
 */
export function prepareModule(bytes: Uint8Array, limits: SandboxLimits): PreparedModule {
  if (bytes.byteLength > limits.moduleBytes) throw overLimit('moduleBytes', 0, limits.moduleBytes, bytes.byteLength);
  const original = privateCopy(bytes);
  const contents = decodeModule(original);
  checkFunctionSize(contents, limits.functionBytes ?? DEFAULT_FUNCTION_BYTES);
  const edits = capMaximums(contents, {
    memoryPages: Math.floor(limits.memoryBytes / PAGE_BYTES),
    tableEntries: limits.tableEntries,
  });
  validate(original);
  const rewritten = rewriteSections(original, contents.sections, edits);
  if (rewritten !== original && !WebAssembly.validate(rewritten)) {
    throw new GatehouseError('INTERNAL', 'A rewritten module does not validate.');
  }
  return { bytes: rewritten, facts: factsOf(contents, original.byteLength) };
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

/** The engine's own words are only asked for when it refuses. */
function validate(bytes: Uint8Array): void {
  if (WebAssembly.validate(bytes)) return;
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const offset = Number(/@\+(\d+)/.exec(words)?.[1] ?? 0);
    throw malformed(offset, 'a module that validates', words.replace(/^WebAssembly\.Module\(\): /, ''));
  }
  throw malformed(0, 'a module that validates', 'one that does not');
}
