import type { Entry } from './entry.ts';
import type { Position, Segment } from './segment.ts';

/** A message on its way. The bytes belong to whoever took it and must not be changed. */
export interface Departure {
  /** The boot epoch in which it was appended: with the sequence its id, the same each time it is sent. */
  readonly epoch: number;
  readonly sequence: number;
  readonly head: Buffer;
  readonly body: Buffer;
  /** When it was appended, on the line of `Journal.time`. */
  readonly appendedAt: number;
}

/** What an outbox asks of its queue. */
export interface OutboxOwner {
  /** There may be more of it on the disk, and room in memory. */
  wanted(outbox: Outbox): void;
  /** An entry is settled or has expired. */
  gone(entry: Entry, why: 'settled' | 'expired'): void;
  resent(count: number): void;
}

/**
 * The messages of one identity in one queue, in order: those in flight, those that wait in memory, and, when it is behind,
 * those on the disk from its position on.
 */
export class Outbox {
  readonly name: string;
  readonly nameBytes: Buffer;
  readonly #owner: OutboxOwner;
  #inFlight: Entry[] = [];
  #waiting: Entry[] = [];
  /** Bytes of both. */
  loadedBytes = 0;
  /** Not all that follows is in memory; `position` says where on the disk to go on. */
  isBehind = false;
  position: Position = { ordinal: 0, offset: 0 };
  /** The last message that was ever in memory here, or was settled before this start. */
  loadedTo: number;

  constructor(name: string, owner: OutboxOwner, settledTo: number) {
    this.name = name;
    this.nameBytes = Buffer.from(name);
    this.#owner = owner;
    this.loadedTo = settledTo;
  }

  /** Takes the next message to send, if it is no larger than `roomBytes`; passes over those whose time is over. */
  take(now: number, roomBytes: number): Departure | undefined {
    const entry = this.#nextWaiting(now);
    if (this.isBehind) this.#owner.wanted(this);
    if (entry === undefined || entry.payload.byteLength - entry.headBytes > roomBytes) return undefined;
    this.#waiting.shift();
    this.#inFlight.push(entry);
    const { epoch, sequence, appendedAt, headBytes, payload } = entry;
    return { epoch, sequence, appendedAt, head: payload.subarray(0, headBytes), body: payload.subarray(headBytes) };
  }

  /** Ends a message in flight. False when it is not in flight any more, because it was dropped or taken back. */
  settle(sequence: number): boolean {
    const index = this.#inFlight.findIndex((entry) => entry.sequence === sequence);
    if (index < 0) return false;
    const [entry] = this.#inFlight.splice(index, 1) as [Entry];
    this.#unload(entry);
    if (entry.isGone) return false;
    this.#owner.gone(entry, 'settled');
    return true;
  }

  /** Takes back what is in flight, to be sent again in the same order. */
  rewind(): void {
    const again = this.#inFlight.filter((entry) => !entry.isGone);
    for (const entry of this.#inFlight) if (entry.isGone) this.#unload(entry);
    this.#owner.resent(again.length);
    this.#waiting = [...again, ...this.#waiting];
    this.#inFlight = [];
  }

  /** Puts a message behind those that wait. */
  load(entry: Entry): void {
    this.#waiting.push(entry);
    this.loadedBytes += entry.memoryBytes;
    this.loadedTo = entry.sequence;
    entry.isLoaded = true;
    if (entry.segment !== undefined) entry.segment.loaded++;
  }

  /** Messages that wait in memory. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Gives back the memory of the first ones that wait, if they are gone. */
  forgetFirst(): void {
    while (this.#waiting[0]?.isGone) this.#unload(this.#waiting.shift()!);
  }

  /** Gives up what is in memory of a segment that was dropped; of what is in flight the acknowledgement finds nothing. */
  dropThoseOf(segment: Segment): void {
    for (const entry of this.#inFlight) if (entry.segment === segment) entry.isGone = true;
    for (const entry of this.#waiting) if (entry.segment === segment) entry.isGone = true;
    this.forgetFirst();
  }

  /** Up to where everything is settled. */
  get mark(): number {
    const alive = (entry: Entry) => !entry.isGone;
    // Those in flight were taken in order, and come before those that wait.
    const first = this.#inFlight.find(alive) ?? this.#waiting.find(alive);
    return first === undefined ? this.loadedTo : first.sequence - 1;
  }

  #nextWaiting(now: number): Entry | undefined {
    for (let entry = this.#waiting[0]; entry !== undefined; entry = this.#waiting[0]) {
      if (!entry.isGone && entry.expiresAt > now) return entry;
      this.#waiting.shift();
      this.#unload(entry);
      if (!entry.isGone) this.#owner.gone(entry, 'expired');
    }
    return undefined;
  }

  #unload(entry: Entry): void {
    entry.isLoaded = false;
    this.loadedBytes -= entry.memoryBytes;
    if (entry.segment !== undefined) entry.segment.loaded--;
  }
}
