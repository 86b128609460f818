import type { ByteReader } from '../byte-reader.ts';
import { skipConstantExpression } from '../constant-expression.ts';
import type { ModuleContents } from '../module-contents.ts';
import { STRUCTURE_LIMITS } from '../structure-limits.ts';
import { malformed, overLimit, unsupported } from '../wasm-error.ts';
import { decodeFunctionType, decodeGlobalType, decodeMemoryType, decodeTableType } from './external-type.ts';

/** The types of the functions whose bodies are in the code section [WASM-5.5.6]. */
export function decodeFunctionSection(reader: ByteReader, contents: ModuleContents): void {
  const count = reader.count('functions', 1);
  for (let index = 0; index < count; index++) contents.functions.push(decodeFunctionType(reader, contents));
}

/** Tables [WASM-5.5.7]. */
export function decodeTableSection(reader: ByteReader, contents: ModuleContents): void {
  const count = reader.count('tables', 3);
  for (let index = 0; index < count; index++) decodeTableType(reader, contents);
}

/** The memory [WASM-5.5.8]. */
export function decodeMemorySection(reader: ByteReader, contents: ModuleContents): void {
  const at = reader.offset;
  const count = reader.u32('the number of memories');
  if (count > 1) throw unsupported('multi-memory', at);
  if (count === 1) decodeMemoryType(reader, contents);
}

/** Globals and their initial values [WASM-5.5.9]. */
export function decodeGlobalSection(reader: ByteReader, contents: ModuleContents): void {
  const at = reader.offset;
  const count = reader.count('globals', 4);
  if (contents.globals.length + count > STRUCTURE_LIMITS.globals) {
    throw overLimit('globals', at, STRUCTURE_LIMITS.globals, contents.globals.length + count);
  }
  for (let index = 0; index < count; index++) {
    decodeGlobalType(reader, contents);
    skipConstantExpression(reader, contents);
  }
}

/** The start function [WASM-5.5.11]. */
export function decodeStartSection(reader: ByteReader, contents: ModuleContents): void {
  const at = reader.offset;
  contents.start = reader.u32('the index of a function');
  if (contents.start >= contents.functions.length) {
    throw malformed(at, `one of ${contents.functions.length} functions`, `index ${contents.start}`);
  }
}

/** The number of data segments, said before the code [WASM-5.5.15]. */
export function decodeDataCountSection(reader: ByteReader, contents: ModuleContents): void {
  contents.dataCount = reader.u32('the number of data segments');
  contents.features.add('bulk-memory');
}
