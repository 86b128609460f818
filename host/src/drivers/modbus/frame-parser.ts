import { FRAME_MAX_BYTES, LENGTH_MAX, LENGTH_MIN, PREFIX_BYTES } from './mbap.ts';
import { getU16 } from './pdu.ts';

/** Takes one complete frame: `length` bytes at `at`, valid during the call. False stops the parser. */
export type FrameConsumer = (bytes: Uint8Array, at: number, length: number) => boolean;

/**
 * Cuts a stream into frames. A frame that came in one piece is handed on without a copy; a partial one is kept, at most
 * 260 bytes. There is no way to find the next frame in a stream once one prefix is wrong, so the parser does not try:
 * `push` returns false and the connection must go.
 */
export class FrameParser {
  readonly #onFrame: FrameConsumer;
  readonly #lengthMin: number;
  readonly #partial = new Uint8Array(FRAME_MAX_BYTES);
  #partialBytes = 0;

  /** @param lengthMin least that a length field may say: requests can be shorter than answers */
  constructor(onFrame: FrameConsumer, lengthMin = LENGTH_MIN) {
    this.#onFrame = onFrame;
    this.#lengthMin = lengthMin;
  }

  /** Whether bytes wait for the rest of their frame. */
  get isPartial(): boolean {
    return this.#partialBytes > 0;
  }

  /** Forgets a partial frame, for a new connection. */
  reset(): void {
    this.#partialBytes = 0;
  }

  /** Takes the first `length` bytes of `bytes`. False: they are no frames, or the consumer wants no more. */
  push(bytes: Uint8Array, length: number): boolean {
    let at = 0;
    while (this.#partialBytes > 0 && at < length) {
      const taken = Math.min(this.#missingBytes(), length - at);
      this.#keep(bytes, at, taken);
      at += taken;
      const missing = this.#missingBytes();
      if (missing < 0) return false;
      if (missing > 0) continue;
      const frameBytes = this.#partialBytes;
      this.#partialBytes = 0;
      if (!this.#onFrame(this.#partial, 0, frameBytes)) return false;
    }
    while (length - at >= PREFIX_BYTES) {
      const frameBytes = this.#frameBytesAt(bytes, at);
      if (frameBytes < 0) return false;
      if (at + frameBytes > length) break;
      if (!this.#onFrame(bytes, at, frameBytes)) return false;
      at += frameBytes;
    }
    this.#keep(bytes, at, length - at);
    return true;
  }

  /** Bytes that the partial frame lacks: first up to the end of its prefix, then of the whole; -1 for a bad prefix. */
  #missingBytes(): number {
    if (this.#partialBytes < PREFIX_BYTES) return PREFIX_BYTES - this.#partialBytes;
    const frameBytes = this.#frameBytesAt(this.#partial, 0);
    return frameBytes < 0 ? -1 : frameBytes - this.#partialBytes;
  }

  #keep(bytes: Uint8Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) this.#partial[this.#partialBytes + i] = bytes[at + i]!;
    this.#partialBytes += count;
  }

  /** Length of the frame whose prefix is at `at`, or -1 when that is no prefix of a frame. */
  #frameBytesAt(bytes: Uint8Array, at: number): number {
    if (getU16(bytes, at + 2) !== 0) return -1;
    const length = getU16(bytes, at + 4);
    return length < this.#lengthMin || length > LENGTH_MAX ? -1 : PREFIX_BYTES + length;
  }
}
