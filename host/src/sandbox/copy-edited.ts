import type { ByteWriter } from './byte-writer.ts';

/** Replaces the bytes from `start` to `end`, which lie in the content of one section. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: readonly number[];
}

/** Copies the bytes from `start` to `end` with the edits that lie in them made; edits are sorted and do not overlap. */
export function copyEdited(
  to: ByteWriter,
  bytes: Uint8Array,
  start: number,
  end: number,
  edits: readonly Edit[],
): void {
  let at = start;
  for (const edit of edits) {
    if (edit.start < start || edit.end > end) continue;
    to.copy(bytes, at, edit.start);
    to.raw(edit.replacement);
    at = edit.end;
  }
  to.copy(bytes, at, end);
}
