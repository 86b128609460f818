// The strict check of a JSON text (RFC 8259), and the steps over one that has passed it. The text is UTF-8 with a 0 byte
// behind it, which no rule accepts, so that no step needs to look for the end.
import { sequenceBytes } from '../utf8';

/** Deepest nesting of arrays and objects that is read. */
export const JSON_DEPTH: i32 = 64;

/** Skips the four characters that JSON calls white space. */
export function skipSpace(at: usize): usize {
  while (true) {
    const c: u32 = load<u8>(at);
    if (c > 0x20 || (c != 0x20 && c != 0x0a && c != 0x0d && c != 0x09)) return at;
    at++;
  }
}

/** Checks one value and returns the place behind it, or 0. */
export function checkValue(at: usize, depth: i32): usize {
  const c: u32 = load<u8>(at);
  if (c == 0x22) return checkString(at);
  if (c == 0x7b || c == 0x5b) return depth == 0 ? 0 : checkContainer(at, c == 0x7b, depth - 1);
  if (c == 0x2d || isDigit(c)) return checkNumber(at);
  if (c == 0x74) return load<u32>(at) == 0x65757274 ? at + 4 : 0;
  if (c == 0x66) return load<u32>(at, 1) == 0x65736c61 ? at + 5 : 0;
  if (c == 0x6e) return load<u32>(at) == 0x6c6c756e ? at + 4 : 0;
  return 0;
}

function checkContainer(at: usize, isObject: bool, depth: i32): usize {
  const close: u32 = isObject ? 0x7d : 0x5d;
  at = skipSpace(at + 1);
  if (load<u8>(at) == close) return at + 1;
  while (true) {
    if (isObject) {
      if (load<u8>(at) != 0x22) return 0;
      at = checkString(at);
      if (at == 0) return 0;
      at = skipSpace(at);
      if (load<u8>(at) != 0x3a) return 0;
      at = skipSpace(at + 1);
    }
    at = checkValue(at, depth);
    if (at == 0) return 0;
    at = skipSpace(at);
    const c: u32 = load<u8>(at);
    if (c == close) return at + 1;
    if (c != 0x2c) return 0;
    at = skipSpace(at + 1);
  }
}

function checkString(at: usize): usize {
  at++;
  while (true) {
    const c: u32 = load<u8>(at);
    if (c - 0x20 < 0x60) {
      at++;
      if (c == 0x22) return at;
      if (c != 0x5c) continue;
      at = checkEscape(at);
      if (at == 0) return 0;
    } else {
      const bytes = c < 0x20 ? 0 : sequenceBytes(at);
      if (bytes == 0) return 0;
      at += bytes;
    }
  }
}

function checkEscape(at: usize): usize {
  const c: u32 = load<u8>(at);
  if (c == 0x75) {
    for (let index: usize = 1; index <= 4; index++) if (hexDigit(load<u8>(at + index)) < 0) return 0;
    return at + 5;
  }
  return unescape(c) != 0 ? at + 1 : 0;
}

function checkNumber(at: usize): usize {
  if (load<u8>(at) == 0x2d) at++;
  if (load<u8>(at) == 0x30) at++;
  else if ((at = skipDigits(at)) == 0) return 0;
  if (load<u8>(at) == 0x2e) {
    at = skipDigits(at + 1);
    if (at == 0) return 0;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    const sign: u32 = load<u8>(at, 1);
    at = skipDigits(at + (sign == 0x2b || sign == 0x2d ? 2 : 1));
  }
  return at;
}

/** Skips at least one digit, or returns 0. */
function skipDigits(at: usize): usize {
  const start = at;
  while (<u32>load<u8>(at) - 0x30 < 10) at++;
  return at == start ? 0 : at;
}

/** Whether a byte is a decimal digit. */
export function isDigit(c: u32): bool {
  return c - 0x30 < 10;
}

/** Value of a hexadecimal digit, or -1. */
export function hexDigit(c: u32): i32 {
  if (isDigit(c)) return c - 0x30;
  c |= 0x20;
  return c - 0x61 < 6 ? c - 0x61 + 10 : -1;
}

/** The character that a backslash and `c` stand for, or 0 if they stand for nothing. `u` is not among them. */
export function unescape(c: u32): u32 {
  switch (c) {
    case 0x22:
    case 0x2f:
    case 0x5c:
      return c;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
  }
  return 0;
}

/** The place behind a string of a checked text; `at` is its opening quote. */
export function skipString(at: usize): usize {
  while (true) {
    const c: u32 = load<u8>(++at);
    if (c == 0x5c) at++;
    else if (c == 0x22) return at + 1;
  }
}

/** The place behind a value of a checked text. */
export function skipValue(at: usize): usize {
  let depth = 0;
  while (true) {
    const c: u32 = load<u8>(at);
    if (c == 0x22) {
      at = skipString(at);
    } else if (c == 0x7b || c == 0x5b) {
      depth++;
      at++;
      continue;
    } else if (c == 0x7d || c == 0x5d) {
      depth--;
      at++;
    } else if (c <= 0x20 || c == 0x2c || c == 0x3a) {
      at++;
      continue;
    } else {
      at = skipScalar(at);
    }
    if (depth == 0) return at;
  }
}

/** The place behind a number or a word. */
function skipScalar(at: usize): usize {
  let c: u32;
  do c = load<u8>(++at);
  while (c > 0x20 && c != 0x2c && (c | 0x20) != 0x7d);
  return at;
}
