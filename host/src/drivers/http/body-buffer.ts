/** Bytes of a body as they come, copied: a piece of one byte may hold on to a whole buffer of the socket. */
export class BodyBuffer {
  readonly #bytesMax: number;
  #bytes = new Uint8Array(1_024);
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Appends a piece; false when it does not fit. */
  add(piece: Uint8Array): boolean {
    const length = this.#length + piece.length;
    if (length > this.#bytesMax) return false;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, Math.min(2 * this.#bytes.length, this.#bytesMax)));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    return true;
  }

  /** What has come so far; a view. */
  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
