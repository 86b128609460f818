import { arch } from 'node:os';
import { decodeUtf8 } from '../abi/utf8.ts';

const LONG_COPY_MAX_BYTES = 384;
const WORD_COPY_MAX_BYTES = 128;
/** Where the engine copies 64-bit words without making a BigInt of each. */
const HAS_FAST_LONGS = ['x64', 'arm64', 'ppc64', 'riscv64', 's390x', 'loong64'].includes(arch());

/**
 * The one place that reads and writes the memory of a guest. Every pointer and length is hostile: `contains` is asked
 * first, and `refresh` before that, because any call into the guest may have grown its memory and detached the views.
 */
export class GuestMemory {
  bytes: Uint8Array;
  words: Int32Array;
  doubles: Float64Array;
  longs: BigInt64Array;
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.doubles = new Float64Array(memory.buffer);
    this.longs = new BigInt64Array(memory.buffer);
  }

  /** Takes the views afresh if the memory has grown since. Growth detaches the old buffer, which empties its views. */
  refresh(): void {
    if (this.bytes.length !== 0) return;
    const buffer = this.#memory.buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.longs = new BigInt64Array(buffer);
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
    return this.contains(pointer, length) ? decodeUtf8(this.view(pointer, length)) : undefined;
  }
}

/** A buffer to copy from or to, as bytes and as whole words of four and eight bytes. */
export interface CopyBuffer {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly longs: BigInt64Array;
}

/**
 * Copies bytes between two buffers; offsets in bytes. Up to some hundred bytes, loops over the widest words that both sides
 * are aligned for are faster than making the two views that `set` needs. Never copies a byte more than asked for.
 */
export function copyBytes(from: CopyBuffer, fromAt: number, to: CopyBuffer, toAt: number, length: number): void {
  const offsets = fromAt | toAt;
  if (HAS_FAST_LONGS && (offsets & 7) === 0 && length <= LONG_COPY_MAX_BYTES) {
    copyLongs(from.longs, fromAt >> 3, to.longs, toAt >> 3, length >> 3);
    copyRest(from, fromAt, to, toAt, length, length & 7);
  } else if ((offsets & 3) === 0 && length <= WORD_COPY_MAX_BYTES) {
    const { words: source } = from;
    const { words: target } = to;
    const end = (fromAt + length) >> 2;
    for (let read = fromAt >> 2, write = toAt >> 2; read < end; ) target[write++] = source[read++] as number;
    copyRest(from, fromAt, to, toAt, length, length & 3);
  } else to.bytes.set(from.bytes.subarray(fromAt, fromAt + length), toAt);
}

/**
 * Sixteen words a turn, because with each turn the engine asks whether the thread is to stop. It is too long to be compiled into its
 * callers, where it would be as fast as luck has it: some processes copied half as fast as others.
 */
function copyLongs(source: BigInt64Array, read: number, target: BigInt64Array, write: number, count: number): void {
  const end = read + count;
  for (; read + 16 <= end; read += 16, write += 16) {
    target[write] = source[read] as bigint;
    target[write + 1] = source[read + 1] as bigint;
    target[write + 2] = source[read + 2] as bigint;
    target[write + 3] = source[read + 3] as bigint;
    target[write + 4] = source[read + 4] as bigint;
    target[write + 5] = source[read + 5] as bigint;
    target[write + 6] = source[read + 6] as bigint;
    target[write + 7] = source[read + 7] as bigint;
    target[write + 8] = source[read + 8] as bigint;
    target[write + 9] = source[read + 9] as bigint;
    target[write + 10] = source[read + 10] as bigint;
    target[write + 11] = source[read + 11] as bigint;
    target[write + 12] = source[read + 12] as bigint;
    target[write + 13] = source[read + 13] as bigint;
    target[write + 14] = source[read + 14] as bigint;
    target[write + 15] = source[read + 15] as bigint;
  }
  if (read + 8 <= end) {
    target[write] = source[read] as bigint;
    target[write + 1] = source[read + 1] as bigint;
    target[write + 2] = source[read + 2] as bigint;
    target[write + 3] = source[read + 3] as bigint;
    target[write + 4] = source[read + 4] as bigint;
    target[write + 5] = source[read + 5] as bigint;
    target[write + 6] = source[read + 6] as bigint;
    target[write + 7] = source[read + 7] as bigint;
    read += 8;
    write += 8;
  }
  while (read < end) target[write++] = source[read++] as bigint;
}

function copyRest(from: CopyBuffer, fromAt: number, to: CopyBuffer, toAt: number, length: number, rest: number): void {
  for (let at = length - rest; at < length; at++) to.bytes[toAt + at] = from.bytes[fromAt + at] as number;
}
