import { JOURNAL_LIMITS } from '../limits.ts';
import { BacklogReader } from './backlog-reader.ts';
import { Committer, type Durability } from './committer.ts';
import type { CursorFile } from './cursor-file.ts';
import { createEntry, type Entry, memoryBytesOf } from './entry.ts';
import type { JournalEnvironment } from './environment.ts';
import { Housekeeper } from './housekeeper.ts';
import type { JournalTime } from './journal-time.ts';
import type { MessageIds } from './message-ids.ts';
import { type Departure, Outbox, type OutboxOwner } from './outbox.ts';
import { Pending } from './pending.ts';
import type { QueueCounters } from './queue-counters.ts';
import { type QueueOptions, segmentSize } from './queue-options.ts';
import { recordBytes } from './record.ts';
import type { Recovered } from './recover-queue.ts';
import type { Segment } from './segment.ts';
import { SegmentList } from './segment-list.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { Storage } from './storage.ts';

/** A message for a queue. Its bytes are copied. */
export interface NewMessage {
  /** What its owner wants back in front of the body. */
  readonly head: Uint8Array;
  readonly body: Uint8Array;
  /** After which it is not worth sending; absent for never. */
  readonly timeToLiveMs?: number;
  /** Somebody waits until it is on the disk; otherwise it goes there only if it is not settled within the loss window. */
  readonly isUrgent?: boolean;
}

export type Appended =
  | { readonly kind: 'queued'; readonly sequence: number; readonly dropped: number }
  | { readonly kind: 'refused'; readonly why: 'full' | 'too-large' | 'closed' | 'no-more-ids' };

/** What a queue tells; none of these may throw. */
export interface QueueEvents {
  /** `outbox` has something to take that it had not before. */
  ready(outbox: Outbox): void;
  /** The quota is reached, for the first time since the queue was half empty. */
  full(): void;
  /** The disk refuses, or takes again. */
  stateChanged(error: Error | undefined): void;
  /** Something on the disk cannot be read. */
  damaged(text: string, error?: Error): void;
}

export interface QueueParts {
  readonly storage: Storage;
  readonly environment: JournalEnvironment;
  readonly folder: string;
  readonly options: QueueOptions;
  readonly ids: MessageIds;
  readonly time: JournalTime;
  readonly events: QueueEvents;
  readonly cursorFile: CursorFile;
  readonly recovered: Recovered;
}

/**
 * Messages of one priority until the hub acknowledges them: in order by identity, in memory as far as they are on their way,
 * on the disk as far as they have to survive.
 */
export class JournalQueue implements OutboxOwner {
  readonly #parts: QueueParts;
  readonly #outboxes = new Map<string, Outbox>();
  readonly #segments = new SegmentList();
  readonly #pending = new Pending();
  readonly #writer: SegmentWriter;
  readonly #committer: Committer;
  readonly #reader: BacklogReader;
  readonly #housekeeper: Housekeeper;
  #depth = 0;
  /** Of the segments; kept because each append asks for it. */
  #diskBytes = 0;
  #appended = 0;
  #settled = 0;
  #dropped = 0;
  #refused = 0;
  #expired = 0;
  #resent = 0;
  #damaged: number;
  #isFull = false;
  #isClosed = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    const { storage, environment, folder, options, recovered } = parts;
    const { segments, settledTo } = recovered;
    for (const segment of segments) this.#segments.add(segment);
    this.#writer = new SegmentWriter(
      {
        storage,
        folder,
        ...segmentSize(options),
        keepFreeBytes: options.keepFreeBytes,
        random48: () => environment.random48(),
        begun: (segment) => this.#segments.add(segment),
      },
      segments.length,
    );
    this.#committer = new Committer({
      ...options,
      environment,
      pending: this.#pending,
      store: (entries) => this.#writer.store(entries),
      ended: (entries) => this.#committed(entries),
      stateChanged: (error) => parts.events.stateChanged(error),
    });
    this.#reader = new BacklogReader({
      storage,
      environment,
      segments: this.#segments,
      outboxes: this.#outboxes,
      isFull: (outbox) => this.#hasEnough(outbox),
      now: () => parts.time.now(),
      unwritten: (outbox) => this.#unwritten(outbox),
      expired: (segment) => {
        segment.live--;
        this.#depth--;
        this.#expired++;
      },
      ready: (outbox) => parts.events.ready(outbox),
      failed: (error) => parts.events.damaged(`${folder} cannot be read`, error),
    });
    const housekeeping = {
      storage,
      environment,
      folder,
      cursorMs: options.cursorMs,
      cursorFile: parts.cursorFile,
      segments: this.#segments,
      outboxes: this.#outboxes,
      writer: this.#writer,
      isWriting: () => this.#committer.isBusy || this.#pending.live > 0,
      now: () => parts.time.now(),
      expired: (segment: Segment) => this.#dropSegment(segment, 'expired'),
      damaged: (messages: number) => this.#lost(messages),
    };
    this.#housekeeper = new Housekeeper(housekeeping, recovered.hasCursor);
    this.#depth = this.#segments.live;
    this.#damaged = recovered.findings.filter(({ kind }) => kind === 'damaged' || kind === 'unreadable').length;
    for (const [name, mark] of settledTo) this.#addOutbox(name, mark).isBehind = true;
    for (const segment of segments) this.#look(segment);
  }

  /** All that have or had messages here. */
  get outboxes(): Iterable<Outbox> {
    return this.#outboxes.values();
  }

  /** Messages that are neither settled nor given up. */
  get depth(): number {
    return this.#depth;
  }

  get isEmpty(): boolean {
    return this.#depth === 0;
  }

  get counters(): QueueCounters {
    const { cursorBytes, cursorSyncs } = this.#housekeeper.counters;
    const { bytesWritten, syncs } = this.#writer.counters;
    return {
      depth: this.#depth,
      diskBytes: this.#segments.bytes + this.#housekeeper.doomedBytes,
      memoryBytes: this.#memoryBytes,
      appended: this.#appended,
      settled: this.#settled,
      dropped: this.#dropped,
      refused: this.#refused,
      expired: this.#expired,
      resent: this.#resent,
      damaged: this.#damaged,
      bytesWritten: bytesWritten + cursorBytes,
      commits: this.#committer.commits,
      syncs: syncs + cursorSyncs,
    };
  }

  /** Why the disk refuses; undefined while it does not. */
  get error(): Error | undefined {
    return this.#committer.error;
  }

  /** @param name with more than 255 bytes as UTF-8 it takes no message */
  outbox(name: string): Outbox {
    return this.#outboxes.get(name) ?? this.#addOutbox(name, -1);
  }

  append(outbox: Outbox, message: NewMessage): Appended {
    const { head, body, timeToLiveMs = Infinity, isUrgent = false } = message;
    if (this.#isClosed) return this.#refuse('closed');
    const bytes = recordBytes(outbox.nameBytes.byteLength, head.byteLength + body.byteLength);
    if (!isWithinLimits(outbox, message) || bytes > this.#parts.options.quotaBytes) return this.#refuse('too-large');
    const dropped = this.#makeRoom(memoryBytesOf(head.byteLength + body.byteLength), bytes);
    if (dropped === undefined) return this.#refuse('full');
    const sequence = this.#parts.ids.take();
    if (sequence === undefined) return this.#refuse('no-more-ids');
    const nowMs = this.#parts.environment.monotonicMs();
    const appendedAt = Math.floor(this.#parts.time.of(nowMs));
    const headBytes = head.byteLength;
    const payload = Buffer.allocUnsafe(headBytes + body.byteLength);
    payload.set(head);
    payload.set(body, headBytes);
    const envelope = { sequence, appendedAt, expiresAt: appendedAt + timeToLiveMs, headBytes };
    const entry = createEntry(outbox, this.#parts.ids.epoch, envelope, payload);
    const { commitMs, lossWindowMs } = this.#parts.options;
    entry.isUrgent = isUrgent;
    entry.dueAt = nowMs + (isUrgent ? commitMs : lossWindowMs);
    this.#queue(entry);
    return { kind: 'queued', sequence, dropped };
  }

  /** Takes the next message to send of those in memory, if it is no larger than `roomBytes`; `ready` tells when there is more. */
  take(outbox: Outbox, roomBytes: number): Departure | undefined {
    return outbox.take(this.#parts.time.now(), roomBytes);
  }

  settle(outbox: Outbox, sequence: number): boolean {
    return outbox.settle(sequence);
  }

  rewind(outbox: Outbox): void {
    outbox.rewind();
  }

  /** Resolves when all that was appended before is on the disk or was settled, or with why it is not. Never rejects. */
  whenDurable(): Promise<Durability> {
    return this.#committer.whenDurable();
  }

  /** Puts everything that is pending on the disk, and the cursor. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#reader.close();
    await this.#committer.flush();
    await this.#committer.close();
    await this.#housekeeper.close();
  }

  wanted(outbox: Outbox): void {
    if (outbox.loadedBytes * 2 < this.#share || outbox.waiting === 0) this.#reader.want(outbox);
  }

  gone(entry: Entry, why: 'settled' | 'expired'): void {
    if (why === 'settled') this.#settled++;
    else this.#expired++;
    this.#end(entry);
  }

  resent(count: number): void {
    this.#resent += count;
  }

  #queue(entry: Entry): void {
    const { outbox } = entry;
    this.#appended++;
    this.#depth++;
    if (!outbox.isBehind && this.#hasEnough(outbox)) {
      outbox.isBehind = true;
      outbox.position = this.#segments.end(this.#writer.nextOrdinal);
    }
    if (!outbox.isBehind) outbox.load(entry);
    this.#pending.push(entry);
    this.#committer.wake();
  }

  #addOutbox(name: string, settledTo: number): Outbox {
    const outbox = new Outbox(name, this, settledTo);
    this.#outboxes.set(name, outbox);
    return outbox;
  }

  get #memoryBytes(): number {
    return this.#pending.bytes + this.#committer.writingBytes;
  }

  /** Memory that each outbox may use for what waits or is in flight. */
  get #share(): number {
    return this.#parts.options.windowBytes / Math.max(1, this.#outboxes.size);
  }

  #hasEnough(outbox: Outbox): boolean {
    return outbox.loadedBytes >= this.#share && outbox.loadedBytes > 0;
  }

  *#unwritten(outbox: Outbox): Generator<Entry> {
    for (const entry of this.#committer.writing)
      if (entry.outbox === outbox && entry.sequence > outbox.loadedTo && !entry.isGone) yield entry;
    yield* this.#pending.of(outbox, outbox.loadedTo);
  }

  /** Gives how many messages were dropped for it; undefined if none may be. */
  #makeRoom(memory: number, bytes: number): number | undefined {
    const { policy } = this.#parts.options;
    const before = this.#dropped;
    for (let lack = this.#lacking(memory, bytes); lack !== undefined; lack = this.#lacking(memory, bytes)) {
      this.#reachedQuota();
      if (policy === 'reject' || !this.#dropOldest(lack)) return undefined;
    }
    return this.#dropped - before;
  }

  #lacking(memory: number, bytes: number): 'memory' | 'quota' | undefined {
    const { quotaBytes, quotaMessages, memoryBytes } = this.#parts.options;
    const inMemory = this.#memoryBytes;
    if (inMemory + memory > memoryBytes) return 'memory';
    return this.#diskBytes + inMemory + bytes > quotaBytes || this.#depth + 1 > quotaMessages ? 'quota' : undefined;
  }

  #refuse(why: Extract<Appended, { kind: 'refused' }>['why']): Appended {
    this.#refused++;
    return { kind: 'refused', why };
  }

  #reachedQuota(): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#parts.events.full();
  }

  /** False if there is nothing that could be dropped now. What is on the disk takes no memory. */
  #dropOldest(lack: 'memory' | 'quota'): boolean {
    const segment = this.#segments.oldest;
    const entry = this.#pending.oldest;
    if (segment !== undefined && lack === 'quota') this.#dropSegment(segment, 'dropped');
    else if (entry !== undefined) this.#dropEntry(entry);
    else return false;
    return true;
  }

  #dropSegment(segment: Segment, why: 'dropped' | 'expired'): void {
    segment.isDropped = true;
    if (why === 'dropped') this.#dropped += segment.live;
    else this.#expired += segment.live;
    this.#depth -= segment.live;
    segment.live = 0;
    for (const outbox of this.#outboxes.values()) outbox.dropThoseOf(segment);
    this.#look(segment);
  }

  #dropEntry(entry: Entry): void {
    this.#dropped++;
    this.#end(entry);
    entry.outbox.forgetFirst();
  }

  /** The one place where a message ends, whatever the reason. */
  #end(entry: Entry): void {
    entry.isGone = true;
    this.#depth--;
    if (this.#depth === 0) this.#isFull = false;
    const { segment } = entry;
    if (entry.isPending) this.#pending.forget(entry);
    if (segment === undefined) return;
    segment.live--;
    if (segment.live === 0) this.#look(segment);
  }

  /** Messages that were to be read and were not there. */
  #lost(messages: number): void {
    this.#damaged += messages;
    this.#depth -= messages;
    this.#parts.events.damaged(`${messages} messages in ${this.#parts.folder} cannot be read`);
  }

  #look(segment: Segment): void {
    this.#housekeeper.look(segment);
    this.#diskBytes = this.#segments.bytes;
  }

  #committed(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.segment?.isDropped !== true || entry.isGone) continue;
      entry.isGone = true;
      this.#depth--;
      this.#dropped++;
    }
    // A commit that failed may have left an empty segment anywhere behind the last one that it filled.
    const touched = this.error === undefined ? new Set(entries.map(({ segment }) => segment)) : this.#segments.all;
    for (const segment of touched) if (segment !== undefined) this.#look(segment);
    this.#diskBytes = this.#segments.bytes;
    for (const outbox of this.#outboxes.values()) if (outbox.isBehind) this.wanted(outbox);
  }
}

function isWithinLimits({ nameBytes }: Outbox, { head, body }: NewMessage): boolean {
  const { nameBytes: nameMax } = JOURNAL_LIMITS;
  if (nameBytes.byteLength > nameMax) return false;
  return head.byteLength <= JOURNAL_LIMITS.headBytes && body.byteLength <= JOURNAL_LIMITS.bodyBytes;
}
