// What the texts of a request must be, judged on their bytes while the module waits: nothing here allocates.
import { HTTP_LIMITS } from './limits.ts';

const DOT = 0x2e;
const HYPHEN = 0x2d;
const SLASH = 0x2f;
const PERCENT = 0x25;
const QUERY = 0x3f;
const LABEL_BYTES = 63;

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isLower = (c: number): boolean => c >= 0x61 && c <= 0x7a;
const isLowerHex = (c: number): boolean => isDigit(c) || (c >= 0x61 && c <= 0x66);

/** The value of a hexadecimal digit, or -1. */
function hexOf(c: number): number {
  if (isDigit(c)) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/**
 * Whether a range is a host in the one way in which we write it: a name in lower case without a dot at its end, an IPv4
 * address as four decimal numbers, or something in brackets that may be an IPv6 address. Other ways of writing an IPv4
 * address, which a resolver might take for one, end in a number as it does, and are refused.
 */
export function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  if (end <= start || end - start > HTTP_LIMITS.hostBytes) return false;
  if (bytes[start] === 0x5b) return isBracketed(bytes, start, end);
  let label = start;
  for (let i = start; i <= end; i++) {
    const c = i === end ? DOT : bytes[i]!;
    if (c === DOT) {
      if (i === label || i - label > LABEL_BYTES) return false;
      if (bytes[label] === HYPHEN || bytes[i - 1] === HYPHEN) return false;
      if (i < end) label = i + 1;
    } else if (!isLower(c) && !isDigit(c) && c !== HYPHEN) return false;
  }
  return isNumber(bytes, label, end) ? isIpv4(bytes, start, end) : true;
}

function isBracketed(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || bytes[end - 1] !== 0x5d) return false;
  for (let i = start + 1; i < end - 1; i++) if (!isLowerHex(bytes[i]!) && bytes[i] !== 0x3a) return false;
  return true;
}

/** Whether a label is a number to some resolver: digits only, or hexadecimal. */
function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  const isHex = end - start >= 2 && bytes[start] === 0x30 && bytes[start + 1] === 0x78;
  for (let i = isHex ? start + 2 : start; i < end; i++)
    if (!isDigit(bytes[i]!) && !(isHex && isLowerHex(bytes[i]!))) return false;
  return true;
}

function isIpv4(bytes: Uint8Array, start: number, end: number): boolean {
  let numbers = 0;
  let from = start;
  for (let i = start; i <= end; i++) {
    if (i < end && bytes[i] !== DOT) continue;
    if (!isDecimalByte(bytes, from, i)) return false;
    numbers++;
    from = i + 1;
  }
  return numbers === 4;
}

function isDecimalByte(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 1 || end - start > 3 || (end - start > 1 && bytes[start] === 0x30)) return false;
  let value = 0;
  for (let i = start; i < end; i++) {
    if (!isDigit(bytes[i]!)) return false;
    value = value * 10 + bytes[i]! - 0x30;
  }
  return value <= 255;
}

/**
 * Whether a range is a path with or without a query, in which every server sees the segments that we see: no `.` and
 * `..`, also not with parameters behind, no backslash, and no escapes in front of the query that stand for one of `.`, `/`,
 * `\`, `%` and control characters.
 */
export function isPath(bytes: Uint8Array, start: number, end: number): boolean {
  if (end <= start || end - start > HTTP_LIMITS.pathBytes || bytes[start] !== SLASH) return false;
  let isQuery = false;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c <= 0x20 || c >= 0x7f || c === 0x23 || c === 0x5c) return false;
    if (c === PERCENT) {
      if (i + 2 >= end) return false;
      const value = (hexOf(bytes[i + 1]!) << 4) | hexOf(bytes[i + 2]!);
      if (value < 0 || (!isQuery && isTelling(value))) return false;
    }
    if (isQuery) continue;
    if (c === QUERY) isQuery = true;
    else if (c === SLASH && isDotSegment(bytes, i + 1, end)) return false;
  }
  return true;
}

/** Whether an escaped character could make another path of it. */
const isTelling = (value: number): boolean =>
  value < 0x20 || value === 0x7f || value === PERCENT || value === DOT || value === SLASH || value === 0x5c;

function isDotSegment(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end && bytes[i] === DOT) i++;
  const dots = i - start;
  if (dots !== 1 && dots !== 2) return false;
  return i === end || bytes[i] === SLASH || bytes[i] === QUERY || bytes[i] === 0x3b;
}

/** Whether a range is the name of a header in lower case. */
export function isHeaderName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end <= start) return false;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (!isLower(c) && !isDigit(c) && c !== HYPHEN && c !== 0x5f) return false;
  }
  return true;
}

/** Whether a range is the value of a header: visible ASCII, with spaces only within. */
export function isHeaderValue(bytes: Uint8Array, start: number, end: number): boolean {
  if (end <= start || bytes[start] === 0x20 || bytes[end - 1] === 0x20) return false;
  for (let i = start; i < end; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return false;
  return true;
}

/** Whether `length` bytes at two places are the same. */
export function isSame(a: Uint8Array, at: number, b: Uint8Array, from: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[at + i] !== b[from + i]) return false;
  return true;
}

/** Whether a text is a host, a path, a header name or value by one of the rules above. */
export function follows(rule: (bytes: Uint8Array, start: number, end: number) => boolean, text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  return rule(bytes, 0, bytes.length);
}
