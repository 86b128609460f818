import { BLOCK_HEADER_BYTES, blockBytes, writeBlockHeader } from './answer-blocks.ts';
import { type RegisterRange, readMax } from './register-range.ts';
import type { ReadRequest } from './request.ts';

/** Values of one read that go into the block of a declared range. */
export interface PlannedPart {
  /** Values of the read in front of them. */
  readonly skip: number;
  readonly count: number;
  /** Where they go in the payload, in bytes. */
  readonly payloadAt: number;
}

export interface PlannedRead {
  readonly request: ReadRequest;
  readonly parts: readonly PlannedPart[];
  /** Whether it reads addresses that nobody declared. */
  readonly readsGaps: boolean;
}

/** The requests that together read a list of ranges, and the answer with headers and without values. */
export interface ReadPlan {
  readonly reads: readonly PlannedRead[];
  readonly template: Uint8Array;
}

interface Chunk extends RegisterRange {
  readonly payloadAt: number;
}

/**
 * Plans as few reads as the limits of the protocol allow. Ranges of a table are read together when at most `maxGap`
 * addresses lie between them. A declared range that fits into one request is never split, so that a value of several
 * registers is never torn; a longer one is read in pieces from its beginning.
 */
export function planReads(ranges: readonly RegisterRange[], maxGap: number): ReadPlan {
  const chunks: Chunk[] = [];
  let payloadBytes = 0;
  for (const range of ranges) {
    chunks.push(...chunksOf(range, payloadBytes + BLOCK_HEADER_BYTES));
    payloadBytes += blockBytes(range.count);
  }
  const template = new Uint8Array(payloadBytes);
  let at = 0;
  for (const range of ranges) {
    writeBlockHeader(template, at, range);
    at += blockBytes(range.count);
  }
  chunks.sort((a, b) => a.table - b.table || a.address - b.address || a.count - b.count);
  const groups: Chunk[][] = [];
  for (const chunk of chunks) {
    const group = groups.at(-1);
    if (group !== undefined && fits(group, chunk, maxGap)) group.push(chunk);
    else groups.push([chunk]);
  }
  return { reads: groups.map(plannedRead), template };
}

function chunksOf({ table, address, count }: RegisterRange, payloadAt: number): Chunk[] {
  const max = readMax(table);
  return Array.from({ length: Math.ceil(count / max) }, (_, index) => ({
    table,
    address: address + index * max,
    count: Math.min(max, count - index * max),
    payloadAt: payloadAt + 2 * index * max,
  }));
}

function fits(group: readonly Chunk[], chunk: Chunk, maxGap: number): boolean {
  const { table, address } = group[0]!;
  const end = endOf(group);
  const newEnd = Math.max(end, chunk.address + chunk.count);
  return chunk.table === table && chunk.address <= end + maxGap && newEnd - address <= readMax(table);
}

function plannedRead(group: readonly Chunk[]): PlannedRead {
  const { table, address } = group[0]!;
  let readsGaps = false;
  let end = address;
  for (const chunk of group) {
    if (chunk.address > end) readsGaps = true;
    end = Math.max(end, chunk.address + chunk.count);
  }
  return {
    request: { kind: 'read', table, address, count: end - address },
    parts: group.map((chunk) => ({ skip: chunk.address - address, count: chunk.count, payloadAt: chunk.payloadAt })),
    readsGaps,
  };
}

const endOf = (group: readonly Chunk[]): number => Math.max(...group.map(({ address, count }) => address + count));
