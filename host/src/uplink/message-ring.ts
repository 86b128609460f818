import type { Moment } from '../time/index.ts';

/** Where a record begins. Valid until the record is removed and every older record, too. */
export type RecordOffset = number;

/** No record. */
export const NONE = -1;

const HEADER_BYTES = 56;
const NEXT = 8;
const OWNER = 12;
const TEXT_BYTES = 16;
const BODY_BYTES = 20;
const SEQUENCE = 24;
const EXPIRES = 32;
const MADE = 40;

const LIVE = 1;
const REMOVED = 2;

export interface RingRecord {
  /** Small number that says whose record it is. */
  readonly owner: number;
  readonly sequence: number;
  /** Milliseconds of the monotonic clock; Infinity for never. */
  readonly expiresAtMs: number;
  readonly made?: Moment;
  /** ASCII. */
  readonly text: string;
  readonly body: Uint8Array;
}

/**
 * Records in the order they came, in one buffer that never grows. A record may be removed anywhere; its room comes back
 * when every older record is gone, too. Records of one owner are linked, so that each owner can be read on its own.
 *
 * ```text
 *  0      4       8      12      16           20           24         32           40     48          56
 *  +------+-------+------+-------+------------+------------+----------+------------+------+-----------+------+------+---------+
 *  | size | state | next | owner | text bytes | body bytes | sequence | expires at | time | monotonic | text | body | 0..7    |
 *  | u32  | u32   | i32  | u32   | u32        | u32        | f64      | f64        | f64  | f64       |      |      | padding |
 *  +------+-------+------+-------+------------+------------+----------+------------+------+-----------+------+------+---------+
 * ```
 *
 * `time` is NaN where it is not known when the message was made. `size` is that of the whole record, a multiple of 8. A record never wraps: what is left at the end of the buffer, if it
 * is too short for the next record, is a removed record of 8 bytes or more, of which only size and state are written.
 */
export class MessageRing {
  readonly capacityBytes: number;
  readonly #bytes: Buffer;
  #head = 0;
  #tail = 0;
  #used = 0;

  /** @param capacityBytes rounded down to a multiple of 8 */
  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes & ~7;
    this.#bytes = Buffer.allocUnsafeSlow(this.capacityBytes);
  }

  /** Room that a record takes. */
  static recordBytes(text: string, body: Uint8Array): number {
    return (HEADER_BYTES + text.length + body.byteLength + 7) & ~7;
  }

  /** Bytes in use, with those of removed records that still have an older record before them. */
  get usedBytes(): number {
    return this.#used;
  }

  /** Copies a record into the ring; NONE when there is no room for it. */
  append(record: RingRecord): RecordOffset {
    const size = MessageRing.recordBytes(record.text, record.body);
    const offset = this.#reserve(size);
    if (offset === NONE) return NONE;
    const bytes = this.#bytes;
    bytes.writeUInt32LE(size, offset);
    bytes.writeUInt32LE(LIVE, offset + 4);
    bytes.writeInt32LE(NONE, offset + NEXT);
    bytes.writeUInt32LE(record.owner, offset + OWNER);
    bytes.writeUInt32LE(record.text.length, offset + TEXT_BYTES);
    bytes.writeUInt32LE(record.body.byteLength, offset + BODY_BYTES);
    bytes.writeDoubleLE(record.sequence, offset + SEQUENCE);
    bytes.writeDoubleLE(record.expiresAtMs, offset + EXPIRES);
    bytes.writeDoubleLE(record.made?.timeMs ?? Number.NaN, offset + MADE);
    bytes.writeDoubleLE(record.made?.monotonicMs ?? Number.NaN, offset + MADE + 8);
    bytes.write(record.text, offset + HEADER_BYTES, 'latin1');
    bytes.set(record.body, offset + HEADER_BYTES + record.text.length);
    return offset;
  }

  /** The oldest record that is not removed. */
  get oldest(): RecordOffset {
    return this.#used === 0 ? NONE : this.#head;
  }

  /** The owner's next record, removed or not, as set by `link`. */
  next(offset: RecordOffset): RecordOffset {
    return this.#bytes.readInt32LE(offset + NEXT);
  }

  link(offset: RecordOffset, next: RecordOffset): void {
    this.#bytes.writeInt32LE(next, offset + NEXT);
  }

  isRemoved(offset: RecordOffset): boolean {
    return this.#bytes.readUInt32LE(offset + 4) === REMOVED;
  }

  bodyBytes(offset: RecordOffset): number {
    return this.#bytes.readUInt32LE(offset + BODY_BYTES);
  }

  ownerOf(offset: RecordOffset): number {
    return this.#bytes.readUInt32LE(offset + OWNER);
  }

  sequenceOf(offset: RecordOffset): number {
    return this.#bytes.readDoubleLE(offset + SEQUENCE);
  }

  expiresAtMs(offset: RecordOffset): number {
    return this.#bytes.readDoubleLE(offset + EXPIRES);
  }

  madeOf(offset: RecordOffset): Moment | undefined {
    const timeMs = this.#bytes.readDoubleLE(offset + MADE);
    return Number.isNaN(timeMs) ? undefined : { timeMs, monotonicMs: this.#bytes.readDoubleLE(offset + MADE + 8) };
  }

  textOf(offset: RecordOffset): string {
    const start = offset + HEADER_BYTES;
    return this.#bytes.toString('latin1', start, start + this.#bytes.readUInt32LE(offset + TEXT_BYTES));
  }

  /** A copy, because the ring may reuse the room while a socket still holds the bytes. */
  copyBody(offset: RecordOffset): Buffer {
    const start = offset + HEADER_BYTES + this.#bytes.readUInt32LE(offset + TEXT_BYTES);
    return Buffer.from(this.#bytes.subarray(start, start + this.bodyBytes(offset)));
  }

  remove(offset: RecordOffset): void {
    this.#bytes.writeUInt32LE(REMOVED, offset + 4);
    while (this.#used > 0 && this.isRemoved(this.#head)) {
      const size = this.#bytes.readUInt32LE(this.#head);
      this.#used -= size;
      this.#head += size;
      if (this.#head === this.capacityBytes) this.#head = 0;
    }
  }

  #reserve(size: number): RecordOffset {
    if (this.#used === 0) {
      // Starting over keeps a ring that is mostly empty within few pages of memory.
      this.#head = 0;
      this.#tail = 0;
    }
    if (this.#used + size > this.capacityBytes) return NONE;
    const end = this.#tail < this.#head ? this.#head : this.capacityBytes;
    if (size > end - this.#tail) {
      if (this.#tail < this.#head || size > this.#head) return NONE;
      this.#wrap();
    }
    const offset = this.#tail;
    this.#tail = offset + size === this.capacityBytes ? 0 : offset + size;
    this.#used += size;
    return offset;
  }

  #wrap(): void {
    const gap = this.capacityBytes - this.#tail;
    this.#bytes.writeUInt32LE(gap, this.#tail);
    this.#bytes.writeUInt32LE(REMOVED, this.#tail + 4);
    this.#used += gap;
    this.#tail = 0;
  }
}
