const NEWLINE = 0x0a;

/** Cuts bytes into lines. Of a line longer than `bytesMax` only the first `bytesMax + 1` bytes are kept, so that its reader refuses it. */
export class LineSplitter {
  readonly #bytesMax: number;
  #rest = Buffer.alloc(0);

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that are complete with this chunk, without their ends. */
  *take(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      yield this.#rest;
      this.#rest = Buffer.alloc(0);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  #keep(bytes: Buffer): void {
    const room = this.#bytesMax + 1 - this.#rest.byteLength;
    this.#rest = Buffer.concat([this.#rest, bytes.subarray(0, Math.max(0, room))]);
  }
}
