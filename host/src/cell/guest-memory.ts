// A byte order mark is a character like any other: two texts are the same only if their bytes are.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const WORD_COPY_MAX_BYTES = 1024;

/**
 * The one place that reads and writes the memory of a guest. Every pointer and length is hostile: `contains` is asked
 * first, and `refresh` before that, because any call into the guest may have grown its memory and detached the views.
 */
export class GuestMemory {
  bytes: Uint8Array;
  words: Int32Array;
  doubles: Float64Array;
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.doubles = new Float64Array(memory.buffer);
  }

  /** Takes the views afresh if the memory has grown since. Growth detaches the old buffer, which empties its views. */
  refresh(): void {
    if (this.bytes.length !== 0) return;
    const buffer = this.#memory.buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Whether a range, given as unsigned 32-bit numbers, lies inside memory [ABI-4.1]. */
  contains(pointer: number, length: number): boolean {
    return pointer + length <= this.bytes.length;
  }

  /** A view of a range that `contains` accepted, valid until the guest runs again. */
  view(pointer: number, length: number): Uint8Array {
    return this.bytes.subarray(pointer, pointer + length);
  }

  /** The text in a range, or undefined when the range is outside memory or not UTF-8. */
  text(pointer: number, length: number): string | undefined {
    if (!this.contains(pointer, length)) return undefined;
    try {
      return decoder.decode(this.view(pointer, length));
    } catch {
      return undefined;
    }
  }
}

/**
 * Copies bytes between two buffers; offsets in bytes. Word by word where both sides are aligned, which for messages of
 * some hundred bytes is faster than making the two views that `set` needs; never a byte more than asked for.
 */
export function copyBytes(
  from: { bytes: Uint8Array; words: Int32Array },
  fromAt: number,
  to: { bytes: Uint8Array; words: Int32Array },
  toAt: number,
  length: number,
): void {
  if (length > WORD_COPY_MAX_BYTES || ((fromAt | toAt) & 3) !== 0) {
    to.bytes.set(from.bytes.subarray(fromAt, fromAt + length), toAt);
    return;
  }
  const source = from.words;
  const target = to.words;
  const end = (fromAt + length) >> 2;
  let write = toAt >> 2;
  for (let read = fromAt >> 2; read < end; read++) target[write++] = source[read] as number;
  const rest = length & 3;
  for (let at = length - rest; at < length; at++) to.bytes[toAt + at] = from.bytes[fromAt + at] as number;
}
