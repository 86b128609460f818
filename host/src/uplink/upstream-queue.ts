import type { Moment } from '../time/index.ts';
import { MessageRing, NONE, type RecordOffset } from './message-ring.ts';

/**
 * The messages of one identity, in order: those from `first` up to `cursor` are in flight, those from `cursor` wait to be
 * sent. `first` and `cursor` are never on a removed record.
 */
export interface Outbox {
  readonly owner: number;
  first: RecordOffset;
  /** NONE when all are in flight, or there are none. */
  cursor: RecordOffset;
  last: RecordOffset;
}

/** A message on its way. The body belongs to whoever took it. */
export interface Departure {
  readonly sequence: number;
  readonly topicSuffix: string;
  /** Absent if nobody has said. */
  readonly made?: Moment;
  readonly body: Buffer;
}

export interface QueueCounters {
  /** Messages that are not acknowledged yet, those in flight included. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Given up because the queue was full. */
  readonly dropped: number;
  /** Given up because their time to live was over before they were sent. */
  readonly expired: number;
  /** Sent again because a connection ended before their acknowledgement. */
  readonly resent: number;
}

/**
 * Messages of all identities until the hub acknowledges them, in a fixed number of bytes. When there is no room, the
 * oldest message of all is dropped, also when it is in flight: then it may arrive, but is not sent again.
 */
export class UpstreamQueue {
  readonly #ring: MessageRing;
  readonly #outboxes: Outbox[] = [];
  #sequence = 0;
  #queued = 0;
  #dropped = 0;
  #expired = 0;
  #resent = 0;

  constructor(capacityBytes: number) {
    this.#ring = new MessageRing(capacityBytes);
  }

  get counters(): QueueCounters {
    return {
      queued: this.#queued,
      queuedBytes: this.#ring.usedBytes,
      dropped: this.#dropped,
      expired: this.#expired,
      resent: this.#resent,
    };
  }

  get isEmpty(): boolean {
    return this.#queued === 0;
  }

  createOutbox(): Outbox {
    const outbox: Outbox = { owner: this.#outboxes.length, first: NONE, cursor: NONE, last: NONE };
    this.#outboxes.push(outbox);
    return outbox;
  }

  /**
   * Copies a message to the end of an outbox.
   *
   * @param topicSuffix ASCII
   * @param expiresAtMs on the clock of `take`
   * @param made when the message was made
   * @returns how many older messages were dropped for it; undefined when it is larger than the whole queue and was
   * dropped itself
   */
  append(
    outbox: Outbox,
    topicSuffix: string,
    body: Uint8Array,
    expiresAtMs = Infinity,
    made?: Moment,
  ): number | undefined {
    if (MessageRing.recordBytes(topicSuffix, body) > this.#ring.capacityBytes) {
      this.#dropped++;
      return undefined;
    }
    const head = { owner: outbox.owner, sequence: this.#sequence++, expiresAtMs, ...(made && { made }) };
    const record = { ...head, text: topicSuffix, body };
    let dropped = 0;
    let offset = this.#ring.append(record);
    while (offset === NONE) {
      this.#dropOldest();
      dropped++;
      offset = this.#ring.append(record);
    }
    if (outbox.last === NONE) outbox.first = offset;
    else this.#ring.link(outbox.last, offset);
    outbox.last = offset;
    if (outbox.cursor === NONE) outbox.cursor = offset;
    this.#queued++;
    return dropped;
  }

  /**
   * Takes the next message to send, if it is no larger than `roomBytes`; passes over those whose time is over.
   *
   * @param nowMs on the monotonic clock, which nobody sets
   */
  take(outbox: Outbox, nowMs: number, roomBytes: number): Departure | undefined {
    const ring = this.#ring;
    while (outbox.cursor !== NONE && ring.expiresAtMs(outbox.cursor) <= nowMs) {
      const expired = outbox.cursor;
      outbox.cursor = this.#liveAfter(expired);
      this.#expired++;
      this.#remove(outbox, expired);
    }
    const offset = outbox.cursor;
    if (offset === NONE || ring.bodyBytes(offset) > roomBytes) return undefined;
    outbox.cursor = this.#liveAfter(offset);
    const made = ring.madeOf(offset);
    return {
      sequence: ring.sequenceOf(offset),
      topicSuffix: ring.textOf(offset),
      ...(made && { made }),
      body: ring.copyBody(offset),
    };
  }

  /** Ends a message in flight. False when it is not in flight any more, because it was dropped or taken back. */
  settle(outbox: Outbox, sequence: number): boolean {
    for (let at = outbox.first; at !== outbox.cursor; at = this.#liveAfter(at)) {
      if (this.#ring.sequenceOf(at) !== sequence) continue;
      this.#remove(outbox, at);
      return true;
    }
    return false;
  }

  /** Takes back what is in flight, to be sent again in the same order. */
  rewind(outbox: Outbox): void {
    for (let at = outbox.first; at !== outbox.cursor; at = this.#liveAfter(at)) this.#resent++;
    outbox.cursor = outbox.first;
  }

  /** Drops everything that waits, for the end of the uplink. */
  clear(): void {
    while (this.#ring.oldest !== NONE) this.#dropOldest();
  }

  #dropOldest(): void {
    const offset = this.#ring.oldest;
    const outbox = this.#outboxes[this.#ring.ownerOf(offset)]!;
    if (outbox.cursor === offset) outbox.cursor = this.#liveAfter(offset);
    this.#dropped++;
    this.#remove(outbox, offset);
  }

  /** `first` moves on to a live record before room is given back, so that no link leads to reused bytes. */
  #remove(outbox: Outbox, offset: RecordOffset): void {
    this.#queued--;
    if (outbox.first === offset) outbox.first = this.#liveAfter(offset);
    if (outbox.first === NONE) outbox.last = NONE;
    this.#ring.remove(offset);
  }

  #liveAfter(offset: RecordOffset): RecordOffset {
    let at = this.#ring.next(offset);
    while (at !== NONE && this.#ring.isRemoved(at)) at = this.#ring.next(at);
    return at;
  }
}
