import type { ByteReader } from '../byte-reader.ts';
import type { ModuleContents } from '../module-contents.ts';
import type { ExportFact, ExternalType } from '../module-facts.ts';
import { hex, malformed, unsupported } from '../wasm-error.ts';

/** Exports [WASM-5.5.10]; names do not repeat. */
export function decodeExportSection(reader: ByteReader, contents: ModuleContents): void {
  const count = reader.count('exports', 3);
  const names = new Set<string>();
  for (let position = 0; position < count; position++) {
    const at = reader.offset;
    const name = reader.name('the name of an export');
    if (names.has(name)) throw malformed(at, 'a name not exported yet', JSON.stringify(name));
    names.add(name);
    contents.exports.push(decodeExport(reader, contents, name));
  }
}

function decodeExport(reader: ByteReader, contents: ModuleContents, name: string): ExportFact {
  const at = reader.offset;
  const kind = reader.u8('the kind of an export');
  const index = reader.u32('the index of an export');
  const external = externalAt(contents, kind, index, at);
  if (external.kind === 'global' && external.type.mutable) contents.features.add('mutable-globals');
  return { name, index, ...external };
}

function externalAt(contents: ModuleContents, kind: number, index: number, at: number): ExternalType {
  switch (kind) {
    case 0:
      return { kind: 'function', type: entry(contents.functions, index, at) };
    case 1: {
      const { span: _, ...type } = entry(contents.tables, index, at);
      return { kind: 'table', type };
    }
    case 2: {
      const { span: _, ...type } = entry(contents.memories, index, at);
      return { kind: 'memory', type };
    }
    case 3:
      return { kind: 'global', type: entry(contents.globals, index, at) };
    case 4:
      throw unsupported('exceptions', at);
    default:
      throw malformed(at, 'the kind of an export (0 to 3)', hex(kind));
  }
}

function entry<T>(entries: readonly T[], index: number, at: number): T {
  const found = entries[index];
  if (found === undefined) throw malformed(at + 1, `an index below ${entries.length}`, String(index));
  return found;
}
