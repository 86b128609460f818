/** What a full queue does with a message: refuse it, make room by dropping the oldest, or pause whoever sends. */
export type QueuePolicy = 'wait' | 'drop-oldest' | 'reject';

const ENTRY_BYTES = 8;
const WRAP = -1;
/** Memory that a queue takes at first. */
const FIRST_BYTES = 1_024;

/**
 * A queue of byte records in one buffer of bounded size, so that nothing a guest sends grows the JavaScript heap. Memory is taken
 * as far as records have ever reached, up to the capacity: most queues are empty most of the time, and begin anew at 0 whenever
 * they are. Offsets never change.
 *
 * Records are reserved first and become visible to the reader by `commit`, or vanish by `rollback`: that is how the
 * messages of an event take effect together [ABI-3.1]. A record never wraps around the end of the buffer, so that a
 * reader can copy it in one go; `WRAP` marks where the rest of the buffer is unused.
 *
 * ```text
 *  0        4        8
 *  +--------+--------+------------------------+
 *  | bytes  | tag    | record, Align8         |  next entry ...
 *  | i32    | i32    |                        |
 *  +--------+--------+------------------------+
 * ```
 */
export class ByteQueue {
  readonly capacity: number;
  // Taken afresh after each `reserve`.
  words!: Int32Array;
  doubles!: Float64Array;
  bytes!: Uint8Array;
  longs!: BigInt64Array;
  readonly policy: QueuePolicy;
  /** Told of what leaves the queue, when its producers are in several cells. */
  consumer: { consume(bytes: number): void } | undefined;
  /** Committed records that wait to be read. */
  count = 0;
  /** Records dropped because the queue was full, since the start. */
  dropped = 0;
  /** Most bytes ever in use. */
  highWaterBytes = 0;
  #head = 0;
  #tail = 0;
  #used = 0;
  #pendingTail = 0;
  #pendingUsed = 0;
  #pendingCount = 0;
  #taken = 0;

  /** @param capacityBytes rounded up to a multiple of 8 */
  constructor(capacityBytes: number, policy: QueuePolicy) {
    this.capacity = (capacityBytes + 7) & ~7;
    this.#view(new ArrayBuffer(Math.min(this.capacity, FIRST_BYTES)));
    this.policy = policy;
  }

  get freeBytes(): number {
    return this.capacity - this.#pendingUsed;
  }

  /** Bytes in use by committed records. */
  get usedBytes(): number {
    return this.#used;
  }

  /** Whether `reserve` would succeed without dropping anything. */
  hasRoomFor(recordBytes: number): boolean {
    const size = ((recordBytes + 7) & ~7) + ENTRY_BYTES;
    if (this.#pendingUsed === 0) return size <= this.capacity;
    const room = this.capacity - this.#pendingUsed;
    const toEnd = this.capacity - this.#pendingTail;
    return size <= toEnd ? size <= room : toEnd + size <= room;
  }

  /**
   * Makes room for a record and returns its byte offset in `bytes`, a multiple of 8, or -1 when there is none. With
   * `drop-oldest` the oldest records make room first; they stay dropped when the reservation is rolled back.
   */
  reserve(recordBytes: number, tag = 0): number {
    const size = ((recordBytes + 7) & ~7) + ENTRY_BYTES;
    if (size > this.capacity) return -1;
    let at = this.#place(size);
    while (at < 0 && this.policy === 'drop-oldest' && this.#taken === 0) {
      if (this.count > 0) this.#dropOldest();
      else this.#dropOldestPending();
      at = this.#place(size);
    }
    if (at < 0) return -1;
    this.words[at >> 2] = size;
    this.words[(at >> 2) + 1] = tag;
    this.#pendingCount++;
    return at + ENTRY_BYTES;
  }

  /** Makes every reserved record visible to the reader. */
  commit(): void {
    this.#tail = this.#pendingTail;
    this.#used = this.#pendingUsed;
    this.count += this.#pendingCount;
    this.#pendingCount = 0;
    if (this.#used > this.highWaterBytes) this.highWaterBytes = this.#used;
  }

  /** Forgets every reserved record. */
  rollback(): void {
    this.#pendingTail = this.#tail;
    this.#pendingUsed = this.#used;
    this.#pendingCount = 0;
  }

  /** Byte offset of the oldest record, or -1. The record stays in place until `release`. */
  take(): number {
    if (this.count === 0) return -1;
    let at = this.#head;
    if (this.words[at >> 2] === WRAP) {
      this.#free(this.capacity - at);
      at = this.#head = 0;
    }
    this.#taken = this.words[at >> 2] as number;
    return at + ENTRY_BYTES;
  }

  /** Tag of the record that `take` returned. */
  tagOf(offset: number): number {
    return this.words[(offset >> 2) - 1] as number;
  }

  setTag(offset: number, tag: number): void {
    this.words[(offset >> 2) - 1] = tag;
  }

  /** Removes the record that `take` returned. */
  release(): void {
    this.#advance(this.#taken);
    this.#taken = 0;
  }

  /** Leaves the record that `take` returned at the head of the queue. */
  putBack(): void {
    this.#taken = 0;
  }

  #place(size: number): number {
    if (this.#pendingUsed === 0 && this.#taken === 0) this.#head = this.#tail = this.#pendingTail = 0;
    const room = this.capacity - this.#pendingUsed;
    const at = this.#pendingTail;
    const toEnd = this.capacity - at;
    if (size <= toEnd) {
      if (size > room) return -1;
      this.#pendingTail = size === toEnd ? 0 : at + size;
      this.#pendingUsed += size;
      this.#reach(at + size);
      return at;
    }
    if (toEnd + size > room) return -1;
    this.#reach(Math.max(at + ENTRY_BYTES, size));
    this.words[at >> 2] = WRAP;
    this.#pendingTail = size;
    this.#pendingUsed += toEnd + size;
    return 0;
  }

  /** Takes memory up to an offset. */
  #reach(end: number): void {
    const { bytes } = this;
    // Of bytes it is the same as `byteLength`, which the engine reads by a call.
    if (end <= bytes.length) return;
    let wanted = 2 * bytes.length;
    while (wanted < end) wanted *= 2;
    const buffer = new ArrayBuffer(Math.min(wanted, this.capacity));
    this.#view(buffer);
    this.bytes.set(bytes);
  }

  #view(buffer: ArrayBuffer): void {
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.longs = new BigInt64Array(buffer);
  }

  #dropOldest(): void {
    this.take();
    this.release();
    this.dropped++;
  }

  /** Nothing is committed, so the oldest record is the first reserved one. */
  #dropOldestPending(): void {
    if (this.words[this.#tail >> 2] === WRAP) {
      this.#pendingUsed -= this.capacity - this.#tail;
      this.#tail = 0;
    }
    const size = this.words[this.#tail >> 2] as number;
    this.#tail = this.#tail + size === this.capacity ? 0 : this.#tail + size;
    this.#head = this.#tail;
    this.#pendingUsed -= size;
    this.#pendingCount--;
    this.dropped++;
  }

  #advance(size: number): void {
    const next = this.#head + size;
    this.#head = next === this.capacity ? 0 : next;
    this.#free(size);
    this.count--;
    this.consumer?.consume(size);
  }

  #free(size: number): void {
    this.#used -= size;
    this.#pendingUsed -= size;
  }
}
