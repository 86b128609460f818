import { decodeChecked, encodeChecked } from './checked-text.ts';
import type { Segment } from './segment.ts';
import { type Storage, type StorageFile, writeFully } from './storage.ts';

const TAIL_BYTES = 8;
const TAIL_MARK = 0x4753_554d;
/** A summary that would be longer is not written: so many names share no segment. */
const SUMMARY_BYTES_MAX = 65_536;

/** The messages of one name in a segment. */
export interface NameSummary {
  count: number;
  readonly first: number;
  last: number;
}

/** What is in a segment that is full, so that opening a long backlog need not read it. */
export interface SegmentSummary {
  /** Where the summary begins and the records end. */
  readonly bytes: number;
  readonly records: number;
  /** The latest of all records; absent when one never expires. */
  readonly expiresAt?: number;
  readonly appendedAt: number;
  readonly names: readonly (readonly [name: string, count: number, first: number, last: number])[];
}

/**
 * Writes the summary behind the last record. It is not synced by itself: without it the segment is read.
 *
 * ```text
 *  bytes                                   size - 8       size - 4
 *  +---------------------------------------+--------------+------------+
 *  | CRC-32 length {bytes, records, ...}   | its length   | 0x4753554d |
 *  +---------------------------------------+--------------+------------+
 * ```
 *
 * @returns how long it is
 */
export async function writeSummary(
  file: StorageFile,
  segment: Segment,
  names: ReadonlyMap<string, NameSummary>,
): Promise<number> {
  const { bytes, records, expiresAt, appendedAt } = segment;
  const summary: SegmentSummary = {
    bytes,
    records,
    appendedAt,
    ...(expiresAt === Infinity ? {} : { expiresAt: Math.ceil(expiresAt) }),
    names: [...names].map(([name, { count, first, last }]) => [name, count, first, last]),
  };
  const text = encodeChecked(summary, segment.name.salt);
  if (text.length > SUMMARY_BYTES_MAX) return 0;
  const tail = Buffer.alloc(TAIL_BYTES);
  tail.writeUInt32LE(text.length);
  tail.writeUInt32LE(TAIL_MARK, 4);
  await writeFully(file, Buffer.concat([text, tail]), bytes);
  return text.length + TAIL_BYTES;
}

/** The size of a file, and its summary if there is one, it is whole and it is that of the segment with this salt. */
export async function readSummary(
  storage: Storage,
  path: string,
  salt: number,
): Promise<{ readonly size: number; readonly summary?: SegmentSummary }> {
  const file = await storage.open(path, 'read');
  try {
    const size = await file.size();
    const tail = Buffer.alloc(TAIL_BYTES);
    if (size < TAIL_BYTES || (await file.read(tail, size - TAIL_BYTES)) < TAIL_BYTES) return { size };
    const length = tail.readUInt32LE(0);
    const start = size - TAIL_BYTES - length;
    if (tail.readUInt32LE(4) !== TAIL_MARK || length > SUMMARY_BYTES_MAX || start < 0) return { size };
    const text = Buffer.alloc(length);
    if ((await file.read(text, start)) < length) return { size };
    const summary = decodeChecked(text, salt);
    return isSummary(summary) && summary.bytes === start ? { size, summary } : { size };
  } finally {
    await file.close();
  }
}

/** Strict: we wrote it, so that anything else is damage. */
function isSummary(value: unknown): value is SegmentSummary {
  const { bytes, records, expiresAt, appendedAt, names } = (value ?? {}) as Partial<SegmentSummary>;
  const isCount = (count: unknown) => Number.isSafeInteger(count) && (count as number) >= 0;
  return (
    isCount(bytes) &&
    isCount(records) &&
    isCount(appendedAt) &&
    (expiresAt === undefined || isCount(expiresAt)) &&
    Array.isArray(names) &&
    names.every(([name, ...counts]) => typeof name === 'string' && counts.length === 3 && counts.every(isCount))
  );
}
