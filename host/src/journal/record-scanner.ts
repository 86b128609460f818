import { announcedBytes, decodeRecord, HEADER_BYTES, MARKER, type StoredRecord } from './record.ts';

const MARKER_LOW = MARKER & 0xff;

/** What is between two places of a segment, in order. */
export type Found =
  | { readonly kind: 'record'; readonly record: StoredRecord; readonly offset: number; readonly bytes: number }
  | { readonly kind: 'damage'; readonly offset: number; readonly bytes: number };

/**
 * Reads the records in a piece of a segment one after the other; what cannot be read is passed over up to the next record
 * that can.
 */
export class RecordScanner {
  readonly #bytes: Buffer;
  readonly #salt: number;
  /** Nothing follows the piece in its segment. */
  readonly #isLast: boolean;
  #offset = 0;

  constructor(bytes: Buffer, salt: number, isLast: boolean) {
    this.#bytes = bytes;
    this.#salt = salt;
    this.#isLast = isLast;
  }

  /** How much has been read; what follows needs more of the segment. */
  get offset(): number {
    return this.#offset;
  }

  /** Undefined at the end of the piece, or when its last record is not all there. */
  next(): Found | undefined {
    const start = this.#offset;
    for (let at = start; at < this.#bytes.length; at = this.#nextMarker(at + 1)) {
      const found = this.#recordAt(at);
      if (found === undefined) continue;
      // Damage first, the record with the next call.
      this.#offset = at;
      if (at > start) return { kind: 'damage', offset: start, bytes: at - start };
      if (found === 'cut') return undefined;
      this.#offset = at + found.bytes;
      return found;
    }
    this.#offset = this.#bytes.length;
    return start === this.#offset ? undefined : { kind: 'damage', offset: start, bytes: this.#offset - start };
  }

  /** `cut` when it may be whole with what follows the piece. */
  #recordAt(offset: number): (Found & { kind: 'record' }) | 'cut' | undefined {
    const left = this.#bytes.length - offset;
    const isCut = this.#isLast ? undefined : 'cut';
    if (left < HEADER_BYTES) return isCut;
    const bytes = announcedBytes(this.#bytes, offset);
    if (bytes === undefined) return undefined;
    if (bytes > left) return isCut;
    const record = decodeRecord(this.#bytes, offset, bytes, this.#salt);
    return record === undefined ? undefined : { kind: 'record', record, offset, bytes };
  }

  #nextMarker(from: number): number {
    const at = this.#bytes.indexOf(MARKER_LOW, from);
    return at < 0 ? this.#bytes.length : at;
  }
}
