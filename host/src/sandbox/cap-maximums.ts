import { GatehouseError } from '../errors.ts';
import type { Edit } from './copy-edited.ts';
import { encodeU32 } from './encode-u32.ts';
import type { LimitsSpan, ModuleContents } from './module-contents.ts';
import { overLimit } from './wasm-error.ts';

/** The most a memory may have, in pages of 65,536 bytes, and each table, in entries. */
export interface MaximumCaps {
  readonly memoryPages: number;
  readonly tableEntries: number;
}

/**
 * The edits that lower the maximum of the memory and of every table to the cap, and give one to those that have none. Imported
 * ones are capped too: the host then cannot link a larger one by mistake. Throws `WASM_LIMIT` if an initial size is above it.
 */
export function capMaximums(contents: ModuleContents, caps: MaximumCaps): Edit[] {
  return [
    ...contents.memories.flatMap((memory) => capLimits(memory, caps.memoryPages, 'memoryBytes')),
    ...contents.tables.flatMap((table) => capLimits(table, caps.tableEntries, 'tableEntries')),
  ].sort((a, b) => a.start - b.start);
}

interface CappedLimits {
  readonly initial: number;
  readonly maximum?: number;
  readonly span: LimitsSpan;
}

function capLimits(
  { initial, maximum, span }: CappedLimits,
  cap: number,
  limit: 'memoryBytes' | 'tableEntries',
): Edit[] {
  if (!Number.isSafeInteger(cap) || cap < 0) throw new GatehouseError('INTERNAL', `${limit} is not a size`);
  if (initial > cap) {
    const unitBytes = limit === 'memoryBytes' ? 65_536 : 1;
    throw overLimit(limit, span.start, cap * unitBytes, initial * unitBytes);
  }
  if (maximum !== undefined && maximum <= cap) return [];
  return [{ start: span.start, end: span.end, replacement: [0x01, ...encodeU32(initial), ...encodeU32(cap)] }];
}
