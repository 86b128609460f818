import { STRUCTURE_LIMITS, type StructureLimitName } from './structure-limits.ts';
import { hex, malformed, overLimit } from './wasm-error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the primitive values of the wasm binary format from `bytes`, never past `end`, which the caller narrows to the
 * section or function body at hand. Every integer is refused when it is longer or larger than its type [WASM-5.2.2].
 * Nothing is allocated by a count or length that has not been compared with the bytes that are left.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  offset = 0;
  end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.byteLength;
  }

  u8(expected: string): number {
    if (this.offset >= this.end) throw malformed(this.offset, expected, 'the end');
    return this.bytes[this.offset++] as number;
  }

  /** LEB128, at most 5 bytes. */
  u32(expected: string): number {
    const first = this.u8(expected);
    return first < 0x80 ? first : this.#longU32(first, expected);
  }

  #longU32(first: number, expected: string): number {
    let value = first & 0x7f;
    for (let factor = 2 ** 7; factor < 2 ** 28; factor *= 2 ** 7) {
      const byte = this.u8(expected);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    const last = this.u8(expected);
    if (last > 0x0f) throw malformed(this.offset - 1, `the last byte of ${expected} (u32)`, hex(last));
    return value + last * 2 ** 28;
  }

  /** Signed LEB128 of 32, 33 or 64 bits; the value itself is only of use up to 33 bits, and `skipSigned` is faster. */
  s33(expected: string): number {
    const start = this.offset;
    this.skipSigned(33, expected);
    let value = 0;
    let factor = 1;
    for (let at = start; at < this.offset; at++, factor *= 2 ** 7) {
      value += ((this.bytes[at] as number) & 0x7f) * factor;
    }
    return ((this.bytes[this.offset - 1] as number) & 0x40) === 0 ? value : value - factor;
  }

  /** Steps over a signed LEB128 integer of `bits` bits. */
  skipSigned(bits: 32 | 33 | 64, expected: string): void {
    const lastAt = this.offset + (bits === 64 ? 9 : 4);
    for (;;) {
      const byte = this.u8(expected);
      if (this.offset > lastAt) this.#checkLastSigned(byte, bits, expected);
      if (byte < 0x80) return;
    }
  }

  /** The unused bits of a longest encoding must repeat the sign bit. */
  #checkLastSigned(byte: number, bits: 32 | 33 | 64, expected: string): void {
    const signAndUnused = bits === 32 ? 0x78 : bits === 33 ? 0x70 : 0x7f;
    const high = byte & signAndUnused;
    if (byte >= 0x80 || (high !== 0 && high !== signAndUnused)) {
      throw malformed(this.offset - 1, `the last byte of ${expected} (s${bits})`, hex(byte));
    }
  }

  skip(byteCount: number, expected: string): void {
    if (byteCount > this.end - this.offset) {
      throw malformed(this.offset, `${byteCount} bytes of ${expected}`, `${this.end - this.offset} bytes`);
    }
    this.offset += byteCount;
  }

  /** A count of entries that take at least `entryBytes` each, within the limit of that structure. */
  count(limit: StructureLimitName, entryBytes: number): number {
    const at = this.offset;
    const count = this.u32(`the number of ${limit}`);
    if (count * entryBytes > this.end - this.offset) {
      throw malformed(at, `at most ${this.end - this.offset} bytes of ${limit}`, `${count} entries`);
    }
    if (count > STRUCTURE_LIMITS[limit]) throw overLimit(limit, at, STRUCTURE_LIMITS[limit], count);
    return count;
  }

  /** Text with its length in bytes before it. */
  name(expected: string): string {
    const at = this.offset;
    const byteCount = this.u32(`the length of ${expected}`);
    const start = this.offset;
    this.skip(byteCount, expected);
    if (byteCount > STRUCTURE_LIMITS.nameBytes) throw overLimit('nameBytes', at, STRUCTURE_LIMITS.nameBytes, byteCount);
    try {
      return utf8.decode(this.bytes.subarray(start, this.offset));
    } catch {
      throw malformed(start, `${expected} in UTF-8`, 'other bytes');
    }
  }
}
