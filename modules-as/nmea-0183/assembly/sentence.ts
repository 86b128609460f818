import { sentenceType } from './sentence-type';

const FIELDS_MAX: i32 = 40;

export const enum Fault {
  None,
  /** No sentence: no `$` or `!`, a byte that is no printable ASCII, too many fields, or an address that is none. */
  Malformed,
  /** The checksum is wrong or missing. */
  Checksum,
  /** A sentence in order, but proprietary or of a type that is not decoded. */
  Other,
}

//    start  address                                          end
//      |    |                                                 |
//      $  G P G G A , 1 2 3 5 1 9 , 4 8 0 7 . 0 3 8 , ... * 4 7
//         talker      field 0       field 1               checksum: XOR of all bytes between $ and *

/**
 * One sentence, as places in the frame it came in. Fields are counted from 0 behind the address; one that is missing reads as an empty
 * one. Valid as long as the frame.
 */
export class Sentence {
  talker: string = '';
  /** One of `SentenceType`. */
  type: i32 = -1;
  fields: i32 = 0;
  private starts: StaticArray<usize> = new StaticArray<usize>(FIELDS_MAX + 2);

  /** Takes a frame apart. What stands before the last `$` is noise, or a tag block, and is passed over. */
  parse(frame: usize, bytes: i32): Fault {
    let end = frame + bytes;
    while (end > frame && isLineEnd(load<u8>(end - 1))) end--;
    const start = sentenceStart(frame, end);
    if (start == 0) return Fault.Malformed;
    for (let at = start; at < end; at++) if (load<u8>(at) - 0x20 > 0x7e - 0x20) return Fault.Malformed;
    end -= 3;
    if (end <= start || load<u8>(end) != 0x2a || !isChecked(start + 1, end)) return Fault.Checksum;
    return this.split(start + 1, end);
  }

  /** Length of a field in bytes; 0 for one that is not there. */
  bytes(field: i32): i32 {
    return field < this.fields ? <i32>(this.starts[field + 1] - this.starts[field]) - 1 : 0;
  }

  /** Where a field that is there begins. */
  at(field: i32): usize {
    return this.starts[field];
  }

  private split(address: usize, end: usize): Fault {
    let fields = 0;
    for (let at = address; at < end; at++) {
      const byte = load<u8>(at);
      if (byte == 0x2a) return Fault.Malformed;
      if (byte != 0x2c) continue;
      if (fields == FIELDS_MAX) return Fault.Malformed;
      this.starts[fields++] = at + 1;
    }
    this.starts[fields] = end + 1;
    this.fields = fields;
    const addressBytes = (fields == 0 ? end + 1 : this.starts[0]) - 1 - address;
    return this.readAddress(address, <i32>addressBytes);
  }

  private readAddress(address: usize, bytes: i32): Fault {
    for (let i = 0; i < bytes; i++) if (!isCapitalOrDigit(load<u8>(address + i))) return Fault.Malformed;
    // $P begins a sentence of a maker's own, $xxQ a query.
    if (bytes > 0 && load<u8>(address) == 0x50) return Fault.Other;
    if (bytes != 5) return Fault.Malformed;
    this.talker = String.UTF8.decodeUnsafe(address, 2);
    this.type = sentenceType(String.UTF8.decodeUnsafe(address + 2, 3));
    return this.type < 0 ? Fault.Other : Fault.None;
  }
}

/** The last `$`; where there is none, the last `!`, which begins encapsulated sentences; or 0. */
function sentenceStart(frame: usize, end: usize): usize {
  let start: usize = 0;
  for (let at = frame; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 0x24 || (byte == 0x21 && (start == 0 || load<u8>(start) != 0x24))) start = at;
  }
  return start;
}

/** Whether the two hexadecimal digits behind `end` are the checksum of the bytes before it. */
function isChecked(from: usize, end: usize): bool {
  let sum: u32 = 0;
  for (let at = from; at < end; at++) sum ^= load<u8>(at);
  return sum == ((hexDigit(load<u8>(end, 1)) << 4) | hexDigit(load<u8>(end, 2)));
}

/** The value of a hexadecimal digit, or a number that no digit has. */
export function hexDigit(byte: u32): u32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 0x1000;
}

function isLineEnd(byte: u8): bool {
  return byte == 0x0d || byte == 0x0a;
}

function isCapitalOrDigit(byte: u32): bool {
  return byte - 0x41 < 26 || byte - 0x30 < 10;
}
