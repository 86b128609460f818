import type { ByteReader } from '../byte-reader.ts';
import type { LimitsSpan, ModuleContents } from '../module-contents.ts';
import type { FunctionType, GlobalType, MemoryType, TableType } from '../module-facts.ts';
import { STRUCTURE_LIMITS } from '../structure-limits.ts';
import { decodeReferenceType, decodeValueType } from '../value-type.ts';
import { hex, malformed, overLimit, unsupported } from '../wasm-error.ts';
import { noteValueType } from './feature-notes.ts';

/** Pages of 65,536 bytes in 4 GiB. */
const PAGES_MAX = 65_536;

interface Limits {
  readonly initial: number;
  readonly maximum?: number;
  readonly span: LimitsSpan;
}

/** The type that the next function names by its index. */
export function decodeFunctionType(reader: ByteReader, contents: ModuleContents): FunctionType {
  const at = reader.offset;
  const index = reader.u32('the index of a type');
  const type = contents.types[index];
  if (type === undefined) throw malformed(at, `one of ${contents.types.length} types`, `index ${index}`);
  contents.functionTypes.push(index);
  return type;
}

/** Appends a memory; more than one is refused. */
export function decodeMemoryType(reader: ByteReader, contents: ModuleContents): MemoryType {
  const at = reader.offset;
  if (contents.memories.length > 0) throw unsupported('multi-memory', at);
  const { span, ...type } = decodeLimits(reader, PAGES_MAX, 'pages');
  contents.memories.push({ ...type, span });
  return type;
}

/** Appends a table [WASM-5.3.11]. */
export function decodeTableType(reader: ByteReader, contents: ModuleContents): TableType {
  const at = reader.offset;
  if (contents.tables.length === STRUCTURE_LIMITS.tables) {
    throw overLimit('tables', at, STRUCTURE_LIMITS.tables, STRUCTURE_LIMITS.tables + 1);
  }
  // A table with an initialiser starts with 0x40 0x00.
  if (reader.bytes[at] === 0x40 && at < reader.end) throw unsupported('function-references', at);
  const element = decodeReferenceType(reader);
  if (element === 'externref' || contents.tables.length > 0) contents.features.add('reference-types');
  const { span, ...limits } = decodeLimits(reader, 0xffff_ffff, 'entries');
  const type = { element, ...limits };
  contents.tables.push({ ...type, span });
  return type;
}

/** Appends a global. */
export function decodeGlobalType(reader: ByteReader, contents: ModuleContents): GlobalType {
  const value = noteValueType(decodeValueType(reader), contents);
  const mutability = reader.u8('mutability');
  if (mutability === 2 || mutability === 3) throw unsupported('threads', reader.offset - 1);
  if (mutability > 1) throw malformed(reader.offset - 1, 'mutability (0 or 1)', hex(mutability));
  const type = { value, mutable: mutability === 1 };
  contents.globals.push(type);
  return type;
}

/** Flags, initial and maximum [WASM-5.3.7]. */
function decodeLimits(reader: ByteReader, max: number, unit: string): Limits {
  const start = reader.offset;
  const flags = reader.u8('limits');
  if (flags > 1) refuseLimits(flags, start);
  const initial = decodeSize(reader, max, unit);
  if (flags === 0) return { initial, span: { start, end: reader.offset } };
  const at = reader.offset;
  const maximum = decodeSize(reader, max, unit);
  if (maximum < initial) throw malformed(at, `a maximum of at least ${initial} ${unit}`, String(maximum));
  return { initial, maximum, span: { start, end: reader.offset } };
}

function decodeSize(reader: ByteReader, max: number, unit: string): number {
  const at = reader.offset;
  const size = reader.u32(`a size in ${unit}`);
  if (size > max) throw malformed(at, `at most ${max} ${unit}`, String(size));
  return size;
}

function refuseLimits(flags: number, offset: number): never {
  if (flags >= 16) throw malformed(offset, 'limits (0 or 1)', hex(flags));
  if (flags >= 8) throw unsupported('custom-page-sizes', offset);
  throw unsupported(flags >= 4 ? 'memory64' : 'threads', offset);
}
