import { BLOCK_HEADER_BYTES, blockBytes, writeBlockHeader } from './answer-blocks.ts';
import { type RegisterRange, readMax } from './register-range.ts';
import type { ReadRequest } from './request.ts';

/** Values of one read that go into the block of a declared range. */
export interface PlannedPart {
  /** Which of the lists declared the range. */
  readonly list: number;
  /** Values of the read in front of them. */
  readonly skip: number;
  readonly count: number;
  /** Where they go in the payload, in bytes. */
  readonly payloadAt: number;
}

export interface PlannedRead {
  readonly request: ReadRequest;
  readonly parts: readonly PlannedPart[];
  /** The lists that it has values of. */
  readonly lists: readonly number[];
  /** Whether it reads addresses that nobody declared. */
  readonly readsGaps: boolean;
}

export interface PlannedList {
  /** The answer with headers and without values. */
  readonly template: Uint8Array;
  /** Reads that have values of it. */
  readonly requests: number;
}

/** The requests that together read lists of ranges. */
export interface ReadPlan {
  readonly reads: readonly PlannedRead[];
  readonly lists: readonly PlannedList[];
}

interface Chunk extends RegisterRange {
  readonly list: number;
  readonly payloadAt: number;
}

/** Chunks in ascending order that one request reads. */
interface Group {
  readonly chunks: [Chunk, ...Chunk[]];
  /** Address behind the last of them. */
  end: number;
  readsGaps: boolean;
}

/**
 * Plans as few reads as the limits of the protocol allow. Ranges of a table are read together, whatever lists they are
 * of, when at most `maxGap` addresses lie between them. A declared range that fits into one request is never split, so
 * that a value of several registers is never torn; a longer one is read in pieces from its beginning.
 */
export function planReads(lists: readonly (readonly RegisterRange[])[], maxGap: number): ReadPlan {
  const reads = mergedReads(lists.flatMap(chunksOfList), maxGap);
  const requests = lists.map(() => 0);
  for (const read of reads) for (const list of read.lists) requests[list]!++;
  const planned = lists.map((ranges, list) => ({ template: templateOf(ranges), requests: requests[list]! }));
  return { reads, lists: planned };
}

function templateOf(ranges: readonly RegisterRange[]): Uint8Array {
  const template = new Uint8Array(ranges.reduce((sum, { count }) => sum + blockBytes(count), 0));
  let at = 0;
  for (const range of ranges) {
    writeBlockHeader(template, at, range);
    at += blockBytes(range.count);
  }
  return template;
}

function chunksOfList(ranges: readonly RegisterRange[], list: number): Chunk[] {
  const chunks: Chunk[] = [];
  let payloadAt = 0;
  for (const range of ranges) {
    chunks.push(...chunksOf(range, list, payloadAt + BLOCK_HEADER_BYTES));
    payloadAt += blockBytes(range.count);
  }
  return chunks;
}

function chunksOf({ table, address, count }: RegisterRange, list: number, payloadAt: number): Chunk[] {
  const max = readMax(table);
  return Array.from({ length: Math.ceil(count / max) }, (_, index) => ({
    list,
    table,
    address: address + index * max,
    count: Math.min(max, count - index * max),
    payloadAt: payloadAt + 2 * index * max,
  }));
}

function mergedReads(chunks: readonly Chunk[], maxGap: number): readonly PlannedRead[] {
  const groups: Group[] = [];
  for (const chunk of chunks.toSorted((a, b) => a.table - b.table || a.address - b.address || a.count - b.count)) {
    const group = groups.at(-1);
    if (group !== undefined && fits(group, chunk, maxGap)) put(group, chunk);
    else groups.push({ chunks: [chunk], end: endOf(chunk), readsGaps: false });
  }
  return groups.map(plannedRead);
}

function fits({ chunks: [first], end }: Group, chunk: Chunk, maxGap: number): boolean {
  const newEnd = Math.max(end, endOf(chunk));
  return chunk.table === first.table && chunk.address <= end + maxGap && newEnd - first.address <= readMax(first.table);
}

function put(group: Group, chunk: Chunk): void {
  if (chunk.address > group.end) group.readsGaps = true;
  group.end = Math.max(group.end, endOf(chunk));
  group.chunks.push(chunk);
}

function plannedRead({ chunks, end, readsGaps }: Group): PlannedRead {
  const { table, address } = chunks[0];
  return {
    request: { kind: 'read', table, address, count: end - address },
    parts: chunks.map((chunk) => ({
      list: chunk.list,
      skip: chunk.address - address,
      count: chunk.count,
      payloadAt: chunk.payloadAt,
    })),
    lists: [...new Set(chunks.map(({ list }) => list))],
    readsGaps,
  };
}

const endOf = ({ address, count }: RegisterRange): number => address + count;
