import type { ByteReader } from '../byte-reader.ts';
import { skipConstantExpression } from '../constant-expression.ts';
import type { ModuleContents } from '../module-contents.ts';
import { decodeReferenceType } from '../value-type.ts';
import { hex, malformed, unsupported } from '../wasm-error.ts';

/** Element segments [WASM-5.5.12]. Flag bits: 0 passive or declared, 1 explicit table or declared, 2 expressions. */
export function decodeElementSection(reader: ByteReader, contents: ModuleContents): void {
  contents.sizes.element = reader.end - reader.offset;
  const count = reader.count('elementSegments', 2);
  for (let index = 0; index < count; index++) decodeElementSegment(reader, contents);
}

function decodeElementSegment(reader: ByteReader, contents: ModuleContents): void {
  const at = reader.offset;
  const flags = reader.u32('the flags of an element segment');
  if (flags > 7) throw malformed(at, 'the flags of an element segment (0 to 7)', String(flags));
  const isActive = (flags & 1) === 0;
  const hasExpressions = (flags & 4) !== 0;
  if (flags !== 0) contents.features.add('bulk-memory');
  if (hasExpressions) contents.features.add('reference-types');
  if (isActive && (flags & 2) !== 0) reader.u32('the index of a table');
  if (isActive) skipConstantExpression(reader, contents);
  if ((flags & 3) !== 0) decodeElementKind(reader, hasExpressions);
  const count = reader.count('elements', hasExpressions ? 2 : 1);
  for (let index = 0; index < count; index++) {
    if (hasExpressions) skipConstantExpression(reader, contents);
    else {
      const start = reader.offset;
      contents.visitFunctionReference(reader.u32('the index of a function'), start, reader.offset);
    }
  }
}

function decodeElementKind(reader: ByteReader, hasExpressions: boolean): void {
  if (hasExpressions) {
    decodeReferenceType(reader);
    return;
  }
  const kind = reader.u8('an element kind');
  if (kind !== 0) throw malformed(reader.offset - 1, 'an element kind (0)', hex(kind));
}

/** Data segments [WASM-5.5.14]: 0 active, 1 passive, 2 active in a memory of its choice. */
export function decodeDataSection(reader: ByteReader, contents: ModuleContents): void {
  contents.sizes.data = reader.end - reader.offset;
  const count = reader.count('dataSegments', 2);
  for (let index = 0; index < count; index++) decodeDataSegment(reader, contents);
  contents.dataSegments = count;
}

function decodeDataSegment(reader: ByteReader, contents: ModuleContents): void {
  const at = reader.offset;
  const flags = reader.u32('the flags of a data segment');
  if (flags > 2) throw malformed(at, 'the flags of a data segment (0 to 2)', String(flags));
  if (flags !== 0) contents.features.add('bulk-memory');
  if (flags === 2) {
    const memoryAt = reader.offset;
    if (reader.u32('the index of a memory') !== 0) throw unsupported('multi-memory', memoryAt);
  }
  if (flags !== 1) skipConstantExpression(reader, contents);
  reader.skip(reader.u32('the length of a data segment'), 'a data segment');
}
