import { ByteReader } from '../sandbox/byte-reader.ts';

const FUNCTION_NAMES = 1;

/**
 * Names of functions, by their index, from the content of a module's `name` section, which is written by anybody and checked by
 * nobody: only the `wanted` ones are read, and what is damaged ends the search.
 */
export function functionNames(section: Uint8Array, wanted: ReadonlySet<number>): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const reader = new ByteReader(section);
  try {
    while (reader.offset < section.byteLength) {
      const id = reader.u8('a subsection');
      const bytes = reader.u32('the size of a subsection');
      if (id === FUNCTION_NAMES) readNames(reader, wanted, names);
      if (id >= FUNCTION_NAMES) break;
      reader.skip(bytes, 'a subsection');
    }
  } catch {
    // What was found until here is as good as any of it.
  }
  return names;
}

function readNames(reader: ByteReader, wanted: ReadonlySet<number>, names: Map<number, string>): void {
  for (let left = reader.u32('a count of names'); left > 0 && names.size < wanted.size; left--) {
    const index = reader.u32('the index of a function');
    const bytes = reader.u32('the length of a name');
    const start = reader.offset;
    reader.skip(bytes, 'a name');
    if (wanted.has(index)) names.set(index, new TextDecoder().decode(reader.bytes.subarray(start, reader.offset)));
  }
}
