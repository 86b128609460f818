import type { Entry } from './entry.ts';
import { encodeRecord, recordBytes } from './record.ts';
import { formatSegmentName, Segment } from './segment.ts';
import { type NameSummary, writeSummary } from './segment-summary.ts';
import { type Storage, type StorageFile, writeFully } from './storage.ts';

/** Most bytes that go to the system in one call, unless a single record has more. */
const CHUNK_BYTES = 1_048_576;

export interface SegmentWriterOptions {
  readonly storage: Storage;
  readonly folder: string;
  /** A new segment begins when one has reached either of them. */
  readonly segmentBytes: number;
  readonly segmentRecords: number;
  /** No segment is begun when less than this would be left of the disk. */
  readonly keepFreeBytes: number;
  readonly random48: () => number;
  /** Called for each new segment, before anything is in it. */
  readonly begun: (segment: Segment) => void;
}

/** The segment that is appended to, and what is in it so far. */
interface Active {
  readonly segment: Segment;
  readonly file: StorageFile;
  readonly names: Map<string, NameSummary>;
}

export interface WriterCounters {
  bytesWritten: number;
  syncs: number;
}

/**
 * Appends to the newest segment of a queue. After any error it touches that file no more: what a failed write or sync left
 * of it is unknown, so the next attempt begins a new segment.
 */
export class SegmentWriter {
  readonly counters: WriterCounters = { bytesWritten: 0, syncs: 0 };
  readonly #options: SegmentWriterOptions;
  #ordinal: number;
  #active: Active | undefined;
  #scratch = Buffer.allocUnsafeSlow(65_536);

  /** @param ordinal of the first segment that it begins */
  constructor(options: SegmentWriterOptions, ordinal: number) {
    this.#options = options;
    this.#ordinal = ordinal;
  }

  /** The segment that is appended to. */
  get active(): Segment | undefined {
    return this.#active?.segment;
  }

  get nextOrdinal(): number {
    return this.#ordinal;
  }

  /** When it ends, all entries are on the disk, and each knows its segment. Those that are gone by then do not count as live. */
  async store(entries: readonly Entry[]): Promise<void> {
    let start = 0;
    while (start < entries.length) {
      if (this.#active?.segment.isDropped) await this.seal();
      this.#active ??= await this.#begin(entries[start]!);
      const active = this.#active;
      const { segment, file } = active;
      try {
        const end = await this.#fill(segment, file, entries, start);
        for (let at = start; at < end; at++) place(entries[at]!, active);
        start = end;
      } catch (error) {
        await this.#abandon(segment, file);
        throw error;
      }
      if (this.#isFull(segment)) await this.#finish(active);
    }
  }

  /** Ends the active segment; what follows begins a new one. */
  async seal(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    await active?.file.close();
  }

  /** Ends a segment that is full. The summary is a convenience: a disk that does not take it will say so again. */
  async #finish({ segment, file, names }: Active): Promise<void> {
    if (!segment.isDropped) {
      segment.summaryBytes = await writeSummary(file, segment, names).catch(() => 0);
      this.counters.bytesWritten += segment.summaryBytes;
    }
    await this.seal();
  }

  /** Writes as many entries as the segment takes, and syncs once. Gives the index behind the last one. */
  async #fill(segment: Segment, file: StorageFile, entries: readonly Entry[], start: number): Promise<number> {
    const { segmentBytes, segmentRecords } = this.#options;
    let bytes = segment.bytes;
    let at = start;
    while (at < entries.length && bytes < segmentBytes && segment.records + at - start < segmentRecords) {
      const chunk = this.#encode(
        segment,
        entries,
        at,
        Math.min(CHUNK_BYTES, segmentBytes - bytes),
        segmentRecords - segment.records - (at - start),
      );
      await writeFully(file, this.#scratch.subarray(0, chunk.bytes), bytes);
      this.counters.bytesWritten += chunk.bytes;
      bytes += chunk.bytes;
      at = chunk.end;
    }
    await file.datasync();
    this.counters.syncs++;
    segment.bytes = bytes;
    segment.records += at - start;
    return at;
  }

  /** Puts at least one record into the scratch buffer, and more while they are no larger than `room` together. */
  #encode(
    segment: Segment,
    entries: readonly Entry[],
    start: number,
    room: number,
    count: number,
  ): { bytes: number; end: number } {
    let end = start;
    let bytes = 0;
    for (; end < entries.length && end - start < count; end++) {
      const entry = entries[end]!;
      const size = recordBytes(entry.outbox.nameBytes.byteLength, entry.payload.byteLength);
      if (end > start && bytes + size > room) break;
      if (bytes + size > this.#scratch.length) this.#grow(bytes, bytes + size);
      bytes = encodeRecord(this.#scratch, bytes, entry, entry.outbox.nameBytes, segment.name.salt);
      segment.expiresAt = Math.max(segment.expiresAt, entry.expiresAt);
    }
    return { bytes, end };
  }

  #grow(used: number, needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#scratch.length));
    this.#scratch.copy(larger, 0, 0, used);
    this.#scratch = larger;
  }

  async #begin(first: Entry): Promise<Active> {
    const { storage, folder, random48, begun } = this.#options;
    await this.#prepareFolder();
    const name = { firstSequence: first.sequence, epoch: first.epoch, salt: random48() % 2 ** 32 };
    const path = `${folder}/${formatSegmentName(name)}`;
    const file = await storage.open(path, 'create');
    const segment = new Segment(name, path, this.#ordinal++);
    begun(segment);
    try {
      await storage.syncFolder(folder);
    } catch (error) {
      await this.#abandon(segment, file);
      throw error;
    }
    return { segment, file, names: new Map() };
  }

  async #prepareFolder(): Promise<void> {
    const { storage, folder, keepFreeBytes, segmentBytes } = this.#options;
    await storage.makeFolder(folder);
    const freeBytes = await storage.freeBytes(folder);
    if (freeBytes >= keepFreeBytes + segmentBytes) return;
    throw Object.assign(new Error(`only ${freeBytes} bytes are free on the disk of ${folder}`), { code: 'ENOSPC' });
  }

  /** Leaves of the file what is known to be on the disk. */
  async #abandon(segment: Segment, file: StorageFile): Promise<void> {
    if (this.#active?.segment === segment) this.#active = undefined;
    // What cannot be cut off now is recognised when it is read: its sequences come a second time.
    await file.truncate(segment.bytes).catch(() => {});
    await file.close().catch(() => {});
  }

  #isFull({ bytes, records, isDropped }: Segment): boolean {
    return isDropped || bytes >= this.#options.segmentBytes || records >= this.#options.segmentRecords;
  }
}

function place(entry: Entry, { segment, names }: Active): void {
  const { name } = entry.outbox;
  const known = names.get(name);
  if (known === undefined) names.set(name, { count: 1, first: entry.sequence, last: entry.sequence });
  else {
    known.count++;
    known.last = entry.sequence;
  }
  segment.appendedAt = entry.appendedAt;
  entry.segment = segment;
  if (entry.isLoaded) segment.loaded++;
  if (!entry.isGone) segment.live++;
}
