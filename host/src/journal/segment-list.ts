import { comparePositions, type Position, type Segment } from './segment.ts';

/** The segments of a queue that hold something, oldest first. */
export class SegmentList {
  #segments: Segment[] = [];

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get oldest(): Segment | undefined {
    return this.#segments[0];
  }

  get newest(): Segment | undefined {
    return this.#segments.at(-1);
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes, summaryBytes }) => sum + bytes + summaryBytes, 0);
  }

  get live(): number {
    return this.#segments.reduce((sum, { live }) => sum + live, 0);
  }

  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  remove(segment: Segment): void {
    this.#segments = this.#segments.filter((other) => other !== segment);
  }

  /** Where the next commit will be, at the earliest. */
  end(nextOrdinal: number): Position {
    const { newest } = this;
    return newest === undefined
      ? { ordinal: nextOrdinal, offset: 0 }
      : { ordinal: newest.ordinal, offset: newest.bytes };
  }

  /** The first segment that has something at or behind a place, and where in it that begins. */
  at(position: Position): { readonly segment: Segment; readonly offset: number } | undefined {
    for (const segment of this.#segments) {
      if (comparePositions({ ordinal: segment.ordinal, offset: segment.bytes }, position) <= 0) continue;
      return { segment, offset: segment.ordinal === position.ordinal ? position.offset : 0 };
    }
    return undefined;
  }
}
