// Strings of a checked JSON text: compared and decoded one UTF-16 code unit at a time.
import { codePointAt, newString, sequenceBytes, trimString } from '../utf8';
import { hexDigit, skipString, unescape } from './scan';

/** Where `nextUnit` reads, and the second half of a surrogate pair it still owes. */
let cursor: usize = 0;
let owed: u32 = 0;

function nextUnit(): u32 {
  if (owed != 0) {
    const low = owed;
    owed = 0;
    return low;
  }
  const c: u32 = load<u8>(cursor);
  if (c == 0x5c) {
    const escape: u32 = load<u8>(cursor, 1);
    if (escape != 0x75) {
      cursor += 2;
      return unescape(escape);
    }
    let unit: u32 = 0;
    for (let index: usize = 2; index < 6; index++) unit = (unit << 4) | hexDigit(load<u8>(cursor + index));
    cursor += 6;
    return unit;
  }
  if (c < 0x80) {
    cursor++;
    return c;
  }
  const bytes = sequenceBytes(cursor);
  const code = codePointAt(cursor, bytes);
  cursor += bytes;
  if (code < 0x10000) return code;
  owed = 0xdc00 | (code & 0x3ff);
  return 0xd7c0 + (code >> 10);
}

/** Whether the string at `at`, its opening quote, is `text`. */
export function stringEquals(at: usize, text: string): bool {
  let from = changetype<usize>(text);
  const end = from + ((<usize>text.length) << 1);
  // Nearly all strings that are compared are plain ASCII, where bytes are code units.
  for (at++; from < end; at++, from += 2) {
    const c: u32 = load<u8>(at);
    if (c == <u32>load<u16>(from) && c != 0x5c && c != 0x22 && c < 0x80) continue;
    if (c != 0x5c && c < 0x80) return false;
    return restEquals(at, from, end);
  }
  return load<u8>(at) == 0x22;
}

function restEquals(at: usize, from: usize, end: usize): bool {
  cursor = at;
  owed = 0;
  for (; from < end; from += 2) {
    if (owed == 0 && load<u8>(cursor) == 0x22) return false;
    if (nextUnit() != <u32>load<u16>(from)) return false;
  }
  return owed == 0 && load<u8>(cursor) == 0x22;
}

/** The string at `at`, its opening quote, without escapes. */
export function stringOf(at: usize): string {
  const text = newString(skipString(at) - at - 2);
  let target = text;
  cursor = at + 1;
  owed = 0;
  while (owed != 0 || load<u8>(cursor) != 0x22) {
    store<u16>(target, nextUnit());
    target += 2;
  }
  return trimString(text, target);
}
