import type { ByteReader } from '../byte-reader.ts';
import type { ModuleContents } from '../module-contents.ts';
import { STRUCTURE_LIMITS, type StructureLimitName } from '../structure-limits.ts';
import { decodeValueType, type ValueType } from '../value-type.ts';
import { hex, malformed, overLimit, unsupported } from '../wasm-error.ts';
import { noteValueType } from './feature-notes.ts';

/** Function types [WASM-5.5.4]. */
export function decodeTypeSection(reader: ByteReader, contents: ModuleContents): void {
  const count = reader.count('types', 3);
  let values = 0;
  for (let index = 0; index < count; index++) {
    const form = reader.u8('a function type');
    if (form !== 0x60) refuseForm(form, reader.offset - 1);
    const params = decodeValueTypes(reader, contents, 'params');
    const results = decodeValueTypes(reader, contents, 'results');
    values += params.length + results.length;
    if (values > STRUCTURE_LIMITS.typeValues)
      throw overLimit('typeValues', reader.offset, STRUCTURE_LIMITS.typeValues, values);
    if (results.length > 1) contents.features.add('multi-value');
    contents.types.push({ params, results });
  }
}

function decodeValueTypes(reader: ByteReader, contents: ModuleContents, limit: StructureLimitName): ValueType[] {
  const count = reader.count(limit, 1);
  const types: ValueType[] = [];
  for (let index = 0; index < count; index++) types.push(noteValueType(decodeValueType(reader), contents));
  return types;
}

function refuseForm(form: number, offset: number): never {
  if (form === 0x5f || form === 0x5e || form === 0x50 || form === 0x4f || form === 0x4e)
    throw unsupported('gc', offset);
  if (form === 0x5d) throw unsupported('stack-switching', offset);
  throw malformed(offset, 'a function type (0x60)', hex(form));
}
