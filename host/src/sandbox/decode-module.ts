import { ByteReader } from './byte-reader.ts';
import { createModuleContents, type ModuleContents, type SectionSpan } from './module-contents.ts';
import { decodeCodeSection } from './sections/code-section.ts';
import {
  decodeDataCountSection,
  decodeFunctionSection,
  decodeGlobalSection,
  decodeMemorySection,
  decodeStartSection,
  decodeTableSection,
} from './sections/definition-sections.ts';
import { decodeExportSection } from './sections/export-section.ts';
import { decodeImportSection } from './sections/import-section.ts';
import { decodeDataSection, decodeElementSection } from './sections/segment-sections.ts';
import { decodeTypeSection } from './sections/type-section.ts';
import { STRUCTURE_LIMITS } from './structure-limits.ts';
import { hex, malformed, overLimit, unsupported } from './wasm-error.ts';

type SectionDecoder = (reader: ByteReader, contents: ModuleContents) => void;

const CUSTOM = 0;

/** Sections by id; a module has each at most once, in the order of `rank` [WASM-5.5.2]. */
const SECTIONS: Readonly<Record<number, { name: string; rank: number; decode: SectionDecoder }>> = {
  1: { name: 'type', rank: 1, decode: decodeTypeSection },
  2: { name: 'import', rank: 2, decode: decodeImportSection },
  3: { name: 'function', rank: 3, decode: decodeFunctionSection },
  4: { name: 'table', rank: 4, decode: decodeTableSection },
  5: { name: 'memory', rank: 5, decode: decodeMemorySection },
  6: { name: 'global', rank: 6, decode: decodeGlobalSection },
  7: { name: 'export', rank: 7, decode: decodeExportSection },
  8: { name: 'start', rank: 8, decode: decodeStartSection },
  9: { name: 'element', rank: 9, decode: decodeElementSection },
  12: { name: 'data count', rank: 10, decode: decodeDataCountSection },
  10: { name: 'code', rank: 11, decode: decodeCodeSection },
  11: { name: 'data', rank: 12, decode: decodeDataSection },
};

/** Decodes a whole module; throws `WASM_MALFORMED`, `WASM_UNSUPPORTED` or `WASM_LIMIT` at the first byte that is not accepted. */
export function decodeModule(bytes: Uint8Array): ModuleContents {
  const reader = new ByteReader(bytes);
  const contents = createModuleContents();
  decodePreamble(reader);
  let rank = 0;
  while (reader.offset < bytes.byteLength) {
    const section = decodeSectionHeader(reader);
    contents.sections.push(section);
    reader.end = section.end;
    if (section.id === CUSTOM) decodeCustomSection(reader, contents);
    else rank = decodeKnownSection(reader, contents, section, rank);
    if (reader.offset !== section.end) throw malformed(reader.offset, 'the end of the section', 'more bytes');
    reader.end = bytes.byteLength;
  }
  checkCounts(contents, reader.offset);
  return contents;
}

/** `\0asm` and version 1; the version of a component is recognised. */
export function decodePreamble(reader: ByteReader): void {
  for (const byte of [0x00, 0x61, 0x73, 0x6d]) expectByte(reader, byte, 'the magic bytes \\0asm');
  const { bytes, offset } = reader;
  if (bytes[offset + 2] === 1 && bytes[offset + 3] === 0) throw unsupported('component-model', offset);
  for (const byte of [1, 0, 0, 0]) expectByte(reader, byte, 'version 1');
}

function expectByte(reader: ByteReader, byte: number, expected: string): void {
  const got = reader.u8(expected);
  if (got !== byte) throw malformed(reader.offset - 1, expected, hex(got));
}

function decodeSectionHeader(reader: ByteReader): SectionSpan {
  const start = reader.offset;
  const id = reader.u8('the id of a section');
  const sizeAt = reader.offset;
  const size = reader.u32('the size of a section');
  const contentStart = reader.offset;
  const left = reader.end - contentStart;
  if (size > left) throw malformed(sizeAt, `a section of at most ${left} bytes`, `${size} bytes`);
  return { id, start, contentStart, end: contentStart + size };
}

function decodeKnownSection(reader: ByteReader, contents: ModuleContents, span: SectionSpan, rank: number): number {
  const section = SECTIONS[span.id];
  if (section === undefined) refuseSection(span);
  if (section.rank === rank) throw malformed(span.start, `one ${section.name} section`, 'a second one');
  if (section.rank < rank) throw malformed(span.start, `the ${section.name} section earlier`, 'it out of order');
  section.decode(reader, contents);
  return section.rank;
}

function refuseSection({ id, start }: SectionSpan): never {
  if (id === 13) throw unsupported('exceptions', start);
  if (id === 14) throw unsupported('stringref', start);
  throw malformed(start, 'the id of a section (0 to 12)', hex(id));
}

function decodeCustomSection(reader: ByteReader, contents: ModuleContents): void {
  const at = reader.offset;
  if (contents.customSections.length === STRUCTURE_LIMITS.customSections) {
    throw overLimit('customSections', at, STRUCTURE_LIMITS.customSections, STRUCTURE_LIMITS.customSections + 1);
  }
  const name = reader.name('the name of a custom section');
  contents.customSections.push({ name, offset: reader.offset, bytes: reader.end - reader.offset });
  contents.sizes.custom += reader.end - at;
  reader.offset = reader.end;
}

/** Counts that two sections must agree on, when one of them may be absent. */
function checkCounts(contents: ModuleContents, end: number): void {
  const defined = contents.functions.length - contents.imported.functions;
  if (contents.codeCount !== defined) {
    throw malformed(end, `${defined} function bodies`, String(contents.codeCount));
  }
  if (contents.dataCount !== undefined && contents.dataCount !== contents.dataSegments) {
    throw malformed(end, `${contents.dataCount} data segments`, String(contents.dataSegments));
  }
}
