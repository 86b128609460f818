import type { CursorFile, Marks } from './cursor-file.ts';
import type { JournalEnvironment } from './environment.ts';
import type { Outbox } from './outbox.ts';
import { comparePositions, type Segment } from './segment.ts';
import type { SegmentList } from './segment-list.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { type Storage, systemCode } from './storage.ts';

export interface HousekeeperOptions {
  readonly storage: Storage;
  readonly environment: JournalEnvironment;
  readonly folder: string;
  readonly cursorMs: number;
  readonly cursorFile: CursorFile;
  readonly segments: SegmentList;
  readonly outboxes: ReadonlyMap<string, Outbox>;
  readonly writer: SegmentWriter;
  /** A commit is under way or will come. */
  readonly isWriting: () => boolean;
  /** Time on the line by which messages expire. */
  readonly now: () => number;
  /** All messages of a segment have expired. */
  readonly expired: (segment: Segment) => void;
  /** So many messages of a segment cannot be read any more. */
  readonly damaged: (messages: number) => void;
}

/** Gives the disk back: removes segments that have nothing left, and writes down how far the others are settled. */
export class Housekeeper {
  readonly counters = { cursorBytes: 0, cursorSyncs: 0 };
  readonly #options: HousekeeperOptions;
  readonly #doomed = new Set<Segment>();
  #written: string | undefined;
  #hasCursor: boolean;
  #activeBytes = 0;
  #working: Promise<void> | undefined;
  #isAgain = false;
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(options: HousekeeperOptions, hasCursor: boolean) {
    this.#options = options;
    this.#hasCursor = hasCursor;
  }

  /** Bytes of files that only wait to be removed. */
  get doomedBytes(): number {
    let bytes = 0;
    for (const segment of this.#doomed) bytes += segment.bytes;
    return bytes;
  }

  /** Must be called when a segment may have nothing left. */
  look(segment: Segment): void {
    const { segments, writer } = this.#options;
    const isDone = segment.isDropped || (segment.live === 0 && segment !== writer.active);
    if (isDone && !this.#doomed.has(segment)) {
      segments.remove(segment);
      this.#doomed.add(segment);
      this.#sweep();
    }
    this.#sleep();
  }

  /** Leaves the folder as it is to be found: nothing, if nothing is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#working;
    await this.#options.writer.seal().catch(() => {});
    for (const segment of this.#options.segments.all) this.look(segment);
    this.#sweep();
    await this.#working;
    await this.#saveCursor();
    await this.#options.cursorFile.close().catch(() => {});
  }

  #sleep(): void {
    if (this.#cancelTimer !== undefined || this.#isClosed) return;
    if (this.#options.segments.oldest === undefined && this.#doomed.size === 0 && !this.#hasCursor) return;
    this.#cancelTimer = this.#options.environment.setTimer(this.#options.cursorMs, () => {
      this.#cancelTimer = undefined;
      void this.#tidy().finally(() => this.#sleep());
    });
  }

  async #tidy(): Promise<void> {
    this.#expire();
    this.#findDamage();
    await this.#sealIdle();
    this.#sweep();
    await this.#working;
    await this.#saveCursor();
  }

  /** Oldest first, because those that follow have not waited as long. */
  #expire(): void {
    const { segments, writer, now, expired } = this.#options;
    for (const segment of segments.all) {
      if (segment === writer.active || segment.records === 0 || segment.expiresAt > now()) return;
      expired(segment);
    }
  }

  /** What everybody has come by and nobody has in memory was not there to be read. */
  #findDamage(): void {
    const { segments, outboxes, writer, damaged } = this.#options;
    for (const segment of segments.all) {
      const end = { ordinal: segment.ordinal, offset: segment.bytes };
      if (segment === writer.active || segment.live <= segment.loaded) continue;
      for (const { isBehind, position } of outboxes.values())
        if (isBehind && comparePositions(position, end) < 0) return;
      const lost = segment.live - segment.loaded;
      segment.live -= lost;
      damaged(lost);
      this.look(segment);
    }
  }

  /** A segment that is appended to goes as well, when nothing is left of it and nothing has come for a while. */
  async #sealIdle(): Promise<void> {
    const { writer, isWriting } = this.#options;
    const segment = writer.active;
    if (segment === undefined || isWriting()) return;
    const isIdle = segment.live === 0 && segment.bytes === this.#activeBytes;
    this.#activeBytes = segment.bytes;
    if (!isIdle && !segment.isDropped) return;
    await writer.seal().catch(() => {});
    this.look(segment);
  }

  #sweep(): void {
    this.#isAgain = true;
    this.#working ??= this.#removeAll().finally(() => {
      this.#working = undefined;
    });
  }

  async #removeAll(): Promise<void> {
    while (this.#isAgain) {
      this.#isAgain = false;
      let count = 0;
      for (const segment of this.#doomed) if (await this.#remove(segment)) count++;
      // A file that comes back after a power cut would be sent again.
      if (count > 0) await this.#options.storage.syncFolder(this.#options.folder).catch(() => {});
    }
  }

  /** What cannot be removed now is tried again with the next round. */
  async #remove(segment: Segment): Promise<boolean> {
    const { storage, writer } = this.#options;
    if (segment === writer.active) return false;
    try {
      await storage.unlink(segment.path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') return false;
    }
    this.#doomed.delete(segment);
    return true;
  }

  async #saveCursor(): Promise<void> {
    const { cursorFile, segments } = this.#options;
    try {
      if (segments.oldest === undefined) {
        if (this.#hasCursor) await cursorFile.remove();
        this.#hasCursor = false;
        this.#written = undefined;
        return;
      }
      const marks = this.#marks(segments.oldest.name.firstSequence);
      const text = JSON.stringify([...marks]);
      if (marks.size === 0 || text === this.#written) return;
      this.#hasCursor = true;
      this.counters.cursorBytes += await cursorFile.write(marks);
      this.counters.cursorSyncs++;
      this.#written = text;
    } catch {
      // Without it more messages come twice, which is all that the cursor is there to avoid.
      await cursorFile.close().catch(() => {});
    }
  }

  /** Of no use are marks below all that is on the disk. */
  #marks(firstSequence: number): Marks {
    const marks = new Map<string, number>();
    for (const { name, mark } of this.#options.outboxes.values()) if (mark >= firstSequence) marks.set(name, mark);
    return marks;
  }
}
