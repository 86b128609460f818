import { JOURNAL_LIMITS } from '../limits.ts';
import { createEntry, type Entry } from './entry.ts';
import type { JournalEnvironment } from './environment.ts';
import type { Outbox } from './outbox.ts';
import { copyPayload, type StoredRecord } from './record.ts';
import { comparePositions, type Position, type Segment } from './segment.ts';
import type { SegmentList } from './segment-list.ts';
import { SegmentReader } from './segment-reader.ts';
import { type Storage, systemCode } from './storage.ts';

const RETRY_MS = 2_000;

export interface BacklogReaderOptions {
  readonly storage: Storage;
  readonly environment: JournalEnvironment;
  readonly segments: SegmentList;
  readonly outboxes: ReadonlyMap<string, Outbox>;
  /** Whether an outbox has as much in memory as it may. */
  readonly isFull: (outbox: Outbox) => boolean;
  /** Time on the line by which messages expire. */
  readonly now: () => number;
  /** Messages of an outbox that are in memory only. */
  readonly unwritten: (outbox: Outbox) => Iterable<Entry>;
  readonly expired: (segment: Segment) => void;
  /** There is something to take. */
  readonly ready: (outbox: Outbox) => void;
  readonly failed: (error: Error) => void;
}

/**
 * Brings messages of outboxes that are behind into memory, in order and no more than each may have there. One pass over the
 * segments serves all outboxes whose places it comes by, so that a backlog of many is read once, and one that is stuck
 * keeps nobody else waiting.
 */
export class BacklogReader {
  readonly #options: BacklogReaderOptions;
  readonly #reader: SegmentReader;
  readonly #wanted = new Set<Outbox>();
  #running: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(options: BacklogReaderOptions) {
    this.#options = options;
    this.#reader = new SegmentReader(options.storage);
  }

  want(outbox: Outbox): void {
    if (this.#isClosed || this.#wanted.has(outbox)) return;
    this.#wanted.add(outbox);
    if (this.#cancelRetry === undefined) this.#run();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry?.();
    await this.#running;
    this.#cancelRetry?.();
  }

  /** Resolves when nothing is being read. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #run(): void {
    this.#running ??= this.#serve().finally(() => {
      this.#running = undefined;
      if (this.#wanted.size > 0 && this.#cancelRetry === undefined && !this.#isClosed) this.#run();
    });
  }

  async #serve(): Promise<void> {
    for (const outbox of this.#wanted) {
      if (this.#isClosed) return;
      // Before it is served: what it wants meanwhile is not forgotten.
      this.#wanted.delete(outbox);
      try {
        while (await this.#fill(outbox));
        this.#failures = 0;
      } catch (error) {
        this.#wanted.add(outbox);
        this.#readFailed(outbox, error as Error);
        return;
      }
    }
  }

  /** One pass for an outbox. True when it should be followed by another one. */
  async #fill(outbox: Outbox): Promise<boolean> {
    const { segments, isFull, ready } = this.#options;
    if (!outbox.isBehind || isFull(outbox)) return false;
    const found = segments.at(outbox.position);
    if (found === undefined) {
      for (const other of this.#options.outboxes.values())
        if (other.isBehind && segments.at(other.position) === undefined) this.#loadUnwritten(other);
      return false;
    }
    const pass = new Pass(outbox, this.#options);
    const { segment, offset } = found;
    const stopped = await this.#reader.read(segment, offset, (item, at) => {
      if (segment.isDropped) return false;
      return item.kind === 'damage' || pass.visit(item.record, segment, at);
    });
    pass.end({ ordinal: segment.ordinal, offset: segment.isDropped ? segment.bytes : stopped });
    for (const served of pass.served) ready(served);
    return true;
  }

  /** What follows the last segment is in memory; an outbox that has room for all of it is not behind any more. */
  #loadUnwritten(outbox: Outbox): void {
    const { isFull, unwritten, ready } = this.#options;
    outbox.isBehind = false;
    let count = 0;
    for (const entry of unwritten(outbox)) {
      if (isFull(outbox)) {
        outbox.isBehind = true;
        break;
      }
      outbox.load(entry);
      count++;
    }
    if (count > 0) ready(outbox);
  }

  /** A disk that fails for a while is asked again; what fails for longer, or is not there, is passed over as damaged. */
  #readFailed(outbox: Outbox, error: Error): void {
    const { segments, environment, failed } = this.#options;
    const isMissing = systemCode(error) === 'ENOENT';
    if (this.#failures++ === 0) failed(error);
    if (isMissing || this.#failures >= JOURNAL_LIMITS.readAttempts) {
      const found = segments.at(outbox.position);
      const segment = found?.segment;
      if (segment !== undefined) outbox.position = { ordinal: segment.ordinal, offset: segment.bytes };
    }
    if (this.#isClosed) return;
    this.#cancelRetry = environment.setTimer(isMissing ? 0 : RETRY_MS, () => {
      this.#cancelRetry = undefined;
      this.#run();
    });
  }
}

/** What one reading of a segment gives to the outboxes whose places it comes by. */
class Pass {
  readonly served = new Set<Outbox>();
  readonly #target: Outbox;
  readonly #start: Position;
  readonly #options: BacklogReaderOptions;
  /** Those that had no room for a message: what follows it must not reach them before it does. */
  readonly #left = new Set<Outbox>();

  constructor(target: Outbox, options: BacklogReaderOptions) {
    this.#target = target;
    this.#start = target.position;
    this.#options = options;
  }

  /** False when the outbox that the pass is for can take no more. */
  visit(record: StoredRecord, segment: Segment, offset: number): boolean {
    const { outboxes, isFull, now, expired } = this.#options;
    const outbox = outboxes.get(record.name);
    const position = { ordinal: segment.ordinal, offset };
    if (outbox === undefined || record.sequence <= outbox.loadedTo || !this.#isServed(outbox, position)) return true;
    if (record.expiresAt <= now()) {
      outbox.loadedTo = record.sequence;
      expired(segment);
      return true;
    }
    if (isFull(outbox)) {
      outbox.position = position;
      this.#left.add(outbox);
      return outbox !== this.#target;
    }
    outbox.load(createEntry(outbox, segment.name.epoch, record, copyPayload(record), segment));
    this.served.add(outbox);
    return true;
  }

  /** All that came by are now where the pass ended. */
  end(position: Position): void {
    for (const outbox of this.#options.outboxes.values())
      if (this.#isServed(outbox, position)) outbox.position = position;
  }

  /** It is behind, and the pass has come by its place and left nothing of it out. */
  #isServed(outbox: Outbox, position: Position): boolean {
    return (
      outbox.isBehind &&
      !this.#left.has(outbox) &&
      comparePositions(outbox.position, this.#start) >= 0 &&
      comparePositions(outbox.position, position) <= 0
    );
  }
}
