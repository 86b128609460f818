import type { ByteReader } from '../byte-reader.ts';
import { InstructionCursor } from '../instruction-cursor.ts';
import type { ModuleContents } from '../module-contents.ts';
import { featuresOf, IMMEDIATE, OPCODE } from '../opcodes.ts';
import { STRUCTURE_LIMITS } from '../structure-limits.ts';
import { decodeValueType } from '../value-type.ts';
import { malformed, overLimit } from '../wasm-error.ts';
import { noteValueType } from './feature-notes.ts';

/** Function bodies [WASM-5.5.13], decoded down to the last immediate. */
export function decodeCodeSection(reader: ByteReader, contents: ModuleContents): void {
  const sectionEnd = reader.end;
  contents.sizes.code = sectionEnd - reader.offset;
  const at = reader.offset;
  const count = reader.count('functions', 2);
  const defined = contents.functions.length - contents.imported.functions;
  if (count !== defined) throw malformed(at, `${defined} function bodies`, String(count));
  contents.codeCount = count;
  const cursor = new InstructionCursor(reader);
  for (let index = 0; index < count; index++) {
    const size = reader.u32('the size of a function body');
    const offset = reader.offset;
    if (size > sectionEnd - offset)
      throw malformed(offset, `${size} bytes of a function body`, `${sectionEnd - offset}`);
    reader.end = offset + size;
    if (contents.largest === undefined || size > contents.largest.bytes) {
      contents.largest = { index: contents.imported.functions + index, offset, bytes: size };
    }
    decodeLocals(reader, contents);
    contents.bodies.push({ start: offset, codeStart: reader.offset, end: offset + size });
    decodeBody(reader, cursor, contents);
    reader.end = sectionEnd;
  }
  for (const feature of featuresOf(cursor.featureBits)) contents.features.add(feature);
  if (cursor.usedTypedBlock) contents.features.add('multi-value');
}

/** Groups of equal locals; their sum is checked, not the number of groups. */
function decodeLocals(reader: ByteReader, contents: ModuleContents): void {
  const groups = reader.count('locals', 2);
  let total = 0;
  for (let index = 0; index < groups; index++) {
    const at = reader.offset;
    total += reader.u32('a number of locals');
    if (total > STRUCTURE_LIMITS.locals) throw overLimit('locals', at, STRUCTURE_LIMITS.locals, total);
    noteValueType(decodeValueType(reader), contents);
  }
}

/** Instructions up to the `end` that closes the function, which must be its last byte. */
function decodeBody(reader: ByteReader, cursor: InstructionCursor, contents: ModuleContents): void {
  for (let depth = 1; depth > 0; ) {
    cursor.next();
    if (cursor.shape === IMMEDIATE.block) depth++;
    else if (cursor.shape === IMMEDIATE.end) depth--;
    else if (cursor.opcode >= 0x100 || cursor.opcode === OPCODE.callIndirect) checkUnusual(cursor, contents);
  }
  if (reader.offset !== reader.end) throw malformed(reader.offset, 'the end of the function', 'more bytes');
}

function checkUnusual(cursor: InstructionCursor, contents: ModuleContents): void {
  if (cursor.opcode === OPCODE.callIndirect) {
    if (cursor.second !== 0) contents.features.add('reference-types');
  } else if (cursor.opcode === OPCODE.memoryInit || cursor.opcode === OPCODE.dataDrop) {
    if (contents.dataCount === undefined) throw malformed(cursor.offset, 'a data count section before', 'none');
  }
}
