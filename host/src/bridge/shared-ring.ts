const WRAP = -1;
const HEAD = 0;
const TAIL = 1;

/** Bytes in front of the payload of a frame. */
export const FRAME_HEADER_BYTES = 24;

/**
 * A ring of byte frames in shared memory from one writing thread to one reading thread. Like `ByteQueue`, frames are
 * reserved, then published together or rolled back, and never wrap around the end.
 *
 * ```text
 *  0        4      6      8        12       16              20      24
 *  +--------+------+------+--------+--------+---------------+-------+---------------------+
 *  | bytes  | type | slot | a      | b      | payload bytes | c     | payload, Align8     |
 *  | i32    | u16  | u16  | u32    | u32    | u32           | u32   |                     |
 *  +--------+------+------+--------+--------+---------------+-------+---------------------+
 * ```
 *
 * `slot` is the module the frame is about; `a`, `b`, `c` belong to the frame type.
 */
export class SharedRing {
  readonly shared: SharedArrayBuffer;
  readonly capacity: number;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;
  readonly longs: BigInt64Array;
  readonly #control: Int32Array;
  #pendingTail: number;

  /** Views a ring in `shared`, which both threads hold: 64 bytes of control words, then a multiple of 8 bytes. */
  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.capacity = shared.byteLength - 64;
    this.#control = new Int32Array(shared, 0, 16);
    this.words = new Int32Array(shared, 64);
    this.doubles = new Float64Array(shared, 64);
    this.bytes = new Uint8Array(shared, 64);
    this.longs = new BigInt64Array(shared, 64);
    this.#pendingTail = Atomics.load(this.#control, TAIL);
  }

  static create(capacityBytes: number): SharedRing {
    return new SharedRing(new SharedArrayBuffer(64 + ((capacityBytes + 7) & ~7)));
  }

  /** Writer: bytes that can be reserved in one piece for certain. */
  get freeBytes(): number {
    const head = Atomics.load(this.#control, HEAD);
    const tail = this.#pendingTail;
    // One entry of 8 bytes stays free, so that equal positions always mean empty.
    return tail >= head ? Math.max(this.capacity - tail, head) - 8 : head - tail - 8;
  }

  /** Writer: whether a frame with such a payload finds room. */
  hasRoomFor(payloadBytes: number): boolean {
    return FRAME_HEADER_BYTES + ((payloadBytes + 7) & ~7) <= this.freeBytes;
  }

  /** Writer: makes room for a frame and returns the byte offset of its header, or -1 when there is none. */
  reserve(type: number, slot: number, a: number, b: number, c: number, payloadBytes: number): number {
    const size = FRAME_HEADER_BYTES + ((payloadBytes + 7) & ~7);
    const head = Atomics.load(this.#control, HEAD);
    let at = this.#pendingTail;
    if (at >= head) {
      const toEnd = this.capacity - at;
      if (size > toEnd || (size === toEnd && head === 0)) {
        if (size + 8 > head) return -1;
        this.words[at >> 2] = WRAP;
        at = 0;
      }
    } else if (at + size + 8 > head) return -1;
    const word = at >> 2;
    this.words[word] = size;
    this.words[word + 1] = type | (slot << 16);
    this.words[word + 2] = a;
    this.words[word + 3] = b;
    this.words[word + 4] = payloadBytes;
    this.words[word + 5] = c;
    this.#pendingTail = at + size === this.capacity ? 0 : at + size;
    return at;
  }

  /** Writer: reserves a frame and copies its payload in; false when there is no room. */
  write(type: number, slot: number, a: number, b: number, c: number, payload: Uint8Array): boolean {
    const at = this.reserve(type, slot, a, b, c, payload.byteLength);
    if (at < 0) return false;
    this.bytes.set(payload, at + FRAME_HEADER_BYTES);
    return true;
  }

  /** Writer: whether frames are reserved and not yet published. */
  get hasPending(): boolean {
    return this.#pendingTail !== this.#control[TAIL];
  }

  /** Writer: hands every reserved frame to the reader. */
  commit(): void {
    Atomics.store(this.#control, TAIL, this.#pendingTail);
  }

  /** Writer: forgets every reserved frame. */
  rollback(): void {
    this.#pendingTail = this.#control[TAIL] as number;
  }

  /** Writer: where the frames end that the reader can see. */
  get writtenTo(): number {
    return this.#control[TAIL] as number;
  }

  /** Reader: how far it has read, comparable with `writtenTo`. Ask before `take`, which may step over unused bytes. */
  get readTo(): number {
    return this.#control[HEAD] as number;
  }

  /** Reader: whether no frame waits. */
  get isEmpty(): boolean {
    return this.#control[HEAD] === Atomics.load(this.#control, TAIL);
  }

  /** Reader: byte offset of the oldest frame's header, or -1. It stays in place until `release`. */
  take(): number {
    const head = this.#control[HEAD] as number;
    if (head === Atomics.load(this.#control, TAIL)) return -1;
    if (this.words[head >> 2] !== WRAP) return head;
    Atomics.store(this.#control, HEAD, 0);
    return Atomics.load(this.#control, TAIL) === 0 ? -1 : 0;
  }

  /** Reader: removes the frame that `take` returned. */
  release(): void {
    const head = this.#control[HEAD] as number;
    const next = head + (this.words[head >> 2] as number);
    Atomics.store(this.#control, HEAD, next === this.capacity ? 0 : next);
  }

  /** Reader: a view of a frame's payload, valid until `release`. */
  payload(at: number): Uint8Array {
    const start = at + FRAME_HEADER_BYTES;
    return this.bytes.subarray(start, start + (this.words[(at >> 2) + 4] as number));
  }
}
