import { RECORD_BYTES_MAX } from './record.ts';
import { type Found, RecordScanner } from './record-scanner.ts';
import type { Segment } from './segment.ts';
import type { Storage, StorageFile } from './storage.ts';

const PIECE_BYTES = 65_536;

/** Told what is found and where in the file; false stops in front of it. */
export type Visit = (found: Found, offset: number) => boolean;

/** Reads segments in pieces, all into the same memory: `visit` must copy what it keeps. One reading at a time. */
export class SegmentReader {
  readonly #storage: Storage;
  #piece = Buffer.alloc(0);

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Reads the records of a segment from a place on; gives where it stopped. */
  async read(segment: Segment, from: number, visit: Visit): Promise<number> {
    if (from >= segment.bytes) return from;
    const file = await this.#storage.open(segment.path, 'read');
    try {
      return await this.#readFile(file, segment, from, visit);
    } finally {
      await file.close();
    }
  }

  async #readFile(file: StorageFile, segment: Segment, from: number, visit: Visit): Promise<number> {
    const end = segment.bytes;
    let room = PIECE_BYTES;
    let position = from;
    while (position < end) {
      const piece = this.#pieceOf(Math.min(room, end - position));
      const bytesRead = await readFully(file, piece, position);
      const isLast = bytesRead < piece.length || position + piece.length === end;
      const scanner = new RecordScanner(piece.subarray(0, bytesRead), segment.name.salt, isLast);
      for (let found = scanner.next(); found !== undefined; found = scanner.next())
        if (!visit(found, position + found.offset)) return position + found.offset;
      position += scanner.offset;
      if (isLast) break;
      // A record that is larger than a piece.
      room = scanner.offset === 0 ? RECORD_BYTES_MAX : PIECE_BYTES;
    }
    return end;
  }

  #pieceOf(bytes: number): Buffer {
    if (this.#piece.length < bytes) this.#piece = Buffer.allocUnsafeSlow(Math.max(bytes, PIECE_BYTES));
    return this.#piece.subarray(0, bytes);
  }
}

async function readFully(file: StorageFile, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < bytes.byteLength) {
    const count = await file.read(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}
