import type { Framer, FramerEvents } from './framer.ts';

/** Frames that end with a delimiter. What is longer than a frame may be is thrown away up to the next one. */
export class DelimiterFramer implements Framer {
  readonly #delimiter: Uint8Array;
  readonly #events: FramerEvents;
  /** A frame of the largest size and its delimiter. */
  readonly #buffer: Uint8Array;
  #length = 0;
  #isTooLong = false;

  constructor(delimiter: Uint8Array, frameBytes: number, events: FramerEvents) {
    this.#delimiter = delimiter;
    this.#events = events;
    this.#buffer = new Uint8Array(frameBytes + delimiter.byteLength);
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#length === this.#buffer.byteLength) this.#makeRoom();
      this.#buffer[this.#length++] = byte;
      if (this.#isAtDelimiter()) this.#end();
    }
  }

  reset(): void {
    this.#length = 0;
    this.#isTooLong = false;
  }

  #isAtDelimiter(): boolean {
    const start = this.#length - this.#delimiter.byteLength;
    if (start < 0) return false;
    for (let at = 0; at < this.#delimiter.byteLength; at++)
      if (this.#buffer[start + at] !== this.#delimiter[at]) return false;
    return true;
  }

  #end(): void {
    const frame = this.#buffer.slice(0, this.#length - this.#delimiter.byteLength);
    const isTooLong = this.#isTooLong;
    this.reset();
    if (!isTooLong) this.#events.frame(frame);
  }

  /** Keeps only what may be the beginning of the delimiter. It is noise now: whether it ever ends is up to the device. */
  #makeRoom(): void {
    if (!this.#isTooLong) this.#events.noise();
    this.#isTooLong = true;
    const kept = this.#delimiter.byteLength - 1;
    this.#buffer.copyWithin(0, this.#length - kept, this.#length);
    this.#length = kept;
  }
}
