import type { ByteReader } from '../byte-reader.ts';
import type { ModuleContents } from '../module-contents.ts';
import type { ExternalType } from '../module-facts.ts';
import { hex, malformed, unsupported } from '../wasm-error.ts';
import { decodeFunctionType, decodeGlobalType, decodeMemoryType, decodeTableType } from './external-type.ts';

/** Imports [WASM-5.5.5]; each is also the first of its index space. */
export function decodeImportSection(reader: ByteReader, contents: ModuleContents): void {
  const count = reader.count('imports', 4);
  for (let index = 0; index < count; index++) {
    const module = reader.name('the module of an import');
    const name = reader.name('the name of an import');
    contents.imports.push({ module, name, ...decodeImportType(reader, contents) });
  }
}

function decodeImportType(reader: ByteReader, contents: ModuleContents): ExternalType {
  const kind = reader.u8('the kind of an import');
  switch (kind) {
    case 0: {
      const type = decodeFunctionType(reader, contents);
      contents.functions.push(type);
      contents.imported.functions++;
      return { kind: 'function', type };
    }
    case 1:
      contents.imported.tables++;
      return { kind: 'table', type: decodeTableType(reader, contents) };
    case 2:
      contents.imported.memories++;
      return { kind: 'memory', type: decodeMemoryType(reader, contents) };
    case 3: {
      const type = decodeGlobalType(reader, contents);
      contents.imported.globals++;
      if (type.mutable) contents.features.add('mutable-globals');
      return { kind: 'global', type };
    }
    case 4:
      throw unsupported('exceptions', reader.offset - 1);
    default:
      throw malformed(reader.offset - 1, 'the kind of an import (0 to 3)', hex(kind));
  }
}
