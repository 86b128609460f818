import { encodeU32 } from './encode-u32.ts';
import type { SectionSpan } from './module-contents.ts';

/** Replaces the bytes from `start` to `end`, which lie in the content of one section. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: readonly number[];
}

/**
 * A copy of the module with the edits made, which are sorted and do not overlap, and the sizes of the sections they lie in
 * corrected. Without edits it is `bytes` itself.
 */
export function rewriteSections(
  bytes: Uint8Array,
  sections: readonly SectionSpan[],
  edits: readonly Edit[],
): Uint8Array {
  if (edits.length === 0) return bytes;
  const parts: Uint8Array[] = [];
  let copiedTo = 0;
  for (const section of sections) {
    const inside = edits.filter((edit) => edit.start >= section.contentStart && edit.end <= section.end);
    if (inside.length === 0) continue;
    const growth = inside.reduce((sum, edit) => sum + edit.replacement.length - (edit.end - edit.start), 0);
    parts.push(bytes.subarray(copiedTo, section.start));
    parts.push(Uint8Array.from([section.id, ...encodeU32(section.end - section.contentStart + growth)]));
    let at = section.contentStart;
    for (const edit of inside) {
      parts.push(bytes.subarray(at, edit.start), Uint8Array.from(edit.replacement));
      at = edit.end;
    }
    parts.push(bytes.subarray(at, section.end));
    copiedTo = section.end;
  }
  parts.push(bytes.subarray(copiedTo));
  return join(parts);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
