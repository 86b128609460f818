import { encodeU32 } from '../sandbox/encode-u32.ts';
import { malformedSignature } from './signature-error.ts';

/** Reads within one signature section, whose every number is refused unless it is in its shortest form. */
export class SignatureReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  offset: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.offset = start;
    this.end = end;
  }

  get left(): number {
    return this.end - this.offset;
  }

  u8(expected: string): number {
    if (this.left === 0) throw malformedSignature(this.offset, expected, 'the end of the section');
    return this.bytes[this.offset++]!;
  }

  /** LEB128, at most 5 bytes; one value has one encoding, so that no two sections mean the same. */
  u32(expected: string): number {
    const start = this.offset;
    let value = 0;
    for (let at = 0; at < 5; at++) {
      const byte = this.u8(expected);
      value += (byte & 0x7f) * 2 ** (7 * at);
      if (byte >= 0x80) continue;
      if (value > 0xffff_ffff || encodeU32(value).length !== at + 1) break;
      return value;
    }
    throw malformedSignature(start, `${expected} as a u32 in its shortest form`, 'another number');
  }

  /** A view of the next bytes. */
  take(byteCount: number, expected: string): Uint8Array {
    if (byteCount > this.left) throw malformedSignature(this.offset, expected, `${this.left} bytes`);
    this.offset += byteCount;
    return this.bytes.subarray(this.offset - byteCount, this.offset);
  }
}
