const FIRST_BYTES = 1_024;

/**
 * Writes the primitive values of the wasm binary format [WASM-5.2]; grows as needed. Asks for `length`, which of bytes is the same as
 * `byteLength`, because the engine reads that by a call.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  /** Bytes written so far. */
  length = 0;

  constructor(expectedBytes: number = FIRST_BYTES) {
    this.#bytes = new Uint8Array(Math.max(expectedBytes, FIRST_BYTES));
  }

  /** A view of what is written, valid until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  u8(byte: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = byte;
  }

  /** Unsigned LEB128 of at most 32 bits, in its shortest form. */
  u32(value: number): void {
    let rest = value >>> 0;
    for (; rest >= 0x80; rest >>>= 7) this.u8((rest & 0x7f) | 0x80);
    this.u8(rest);
  }

  /** Signed LEB128 of 32 bits, in its shortest form. */
  s32(value: number): void {
    let rest = value | 0;
    for (; rest > 63 || rest < -64; rest >>= 7) this.u8((rest & 0x7f) | 0x80);
    this.u8(rest & 0x7f);
  }

  /** Bytes as they are. */
  raw(bytes: ArrayLike<number>): void {
    if (bytes.length > this.#bytes.length - this.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A part of `bytes` as it is. */
  copy(bytes: Uint8Array, start: number, end: number): void {
    const count = end - start;
    if (count > this.#bytes.length - this.length) this.#grow(count);
    // Most copies are of a few instructions, for which a loop is faster than making a view.
    if (count > 32) this.#bytes.set(bytes.subarray(start, end), this.length);
    else for (let at = 0; at < count; at++) this.#bytes[this.length + at] = bytes[start + at] as number;
    this.length += count;
  }

  /** Text with its length in bytes before it. */
  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.u32(encoded.byteLength);
    this.raw(encoded);
  }

  /** Forgets what is written, and keeps the room for it. */
  clear(): void {
    this.length = 0;
  }

  #grow(bytes: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + bytes));
    grown.set(this.written);
    this.#bytes = grown;
  }
}
