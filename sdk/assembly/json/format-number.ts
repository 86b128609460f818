import {
  BIG_BYTES,
  bigAdd,
  bigCompare,
  bigCopy,
  bigMultiplyAdd,
  bigMultiplyPower10,
  bigSet,
  bigShiftLeft,
  bigSubtract,
} from './big-natural';

/** Longest text of a number. */
export const NUMBER_BYTES: i32 = 32;

const EXACT_MAX: f64 = 9007199254740992;

/**
 * Writes a finite number in the fewest digits that read back as the same number, and returns the length in bytes.
 *
 * @unsafe `target` needs room for `NUMBER_BYTES`.
 */
export function formatNumber(target: usize, value: f64): i32 {
  let at = target;
  if (reinterpret<i64>(value) < 0) {
    store<u8>(at++, 0x2d);
    value = -value;
  }
  // Nearly every measured value is a short decimal: n / 10 ** p, both exact, so that the division rounds once, and the
  // same way as reading the text will.
  let power: f64 = 1;
  for (let decimals = 0; decimals <= 22 && (value >= 1e-6 || value == 0); decimals++, power *= 10) {
    const scaled = nearest(value * power);
    if (scaled >= EXACT_MAX) break;
    if (scaled / power == value) return <i32>(formatDecimal(at, <u64>scaled, decimals) - target);
  }
  return <i32>(formatShortest(at, value) - target);
}

/** Writes a whole number and returns the length in bytes. */
export function formatInteger(target: usize, value: u64): i32 {
  return <i32>(formatDecimal(target, value, 0) - target);
}

/** Writes digits with a point before the last `decimals` of them, and returns the place behind. */
function formatDecimal(target: usize, digits: u64, decimals: i32): usize {
  const end = target + max(countDigits(digits), decimals + 1) + i32(decimals != 0);
  let at = end;
  let left = decimals;
  do {
    store<u8>(--at, 0x30 + <u32>(digits % 10));
    digits /= 10;
    if (--left == 0) store<u8>(--at, 0x2e);
  } while (at > target);
  return end;
}

function countDigits(value: u64): i32 {
  let count: i32 = 1;
  for (; value >= 10; value /= 10) count++;
  return count;
}

/**
 * Steele and White's algorithm (PLDI 1990, FPP2): digits are taken from remainder / scale, exactly, until what is left
 * is less than half the gap to the neighbouring f64.
 */
function formatShortest(target: usize, value: f64): usize {
  const remainder = memory.data(BIG_BYTES, 8);
  const scale = memory.data(BIG_BYTES, 8);
  const gap = memory.data(BIG_BYTES, 8);
  const bits = reinterpret<u64>(value);
  const field = <i32>(bits >> 52);
  const fraction = bits & 0xfffffffffffff;
  const mantissa = field == 0 ? fraction : fraction | (1 << 52);
  const exponent = max(field, 1) - 1075;
  // The gap above a power of two is twice the gap below.
  const wide = i32(fraction == 0 && field > 1);
  const even = (bits & 1) == 0;
  bigSet(remainder, mantissa);
  bigSet(scale, 1);
  bigSet(gap, 1);
  bigShiftLeft(remainder, max(exponent, 0) + 1 + wide);
  bigShiftLeft(scale, max(-exponent, 0) + 1 + wide);
  bigShiftLeft(gap, max(exponent, 0));
  // Number of digits before the point; the estimate may be one too low.
  let point = <i32>Math.ceil(<f64>(exponent + 63 - <i32>clz(mantissa)) * 0.3010299956639812 - 1e-10);
  if (point >= 0) bigMultiplyPower10(scale, point);
  else {
    bigMultiplyPower10(remainder, -point);
    bigMultiplyPower10(gap, -point);
  }
  if (reachesNext(remainder, gap, wide, scale, even)) point++;
  else {
    bigMultiplyAdd(remainder, 10, 0);
    bigMultiplyAdd(gap, 10, 0);
  }
  // The digits go where there is room in any case, and are then set around the point.
  const digits = memory.data(24);
  let count: i32 = 0;
  while (true) {
    let digit: u32 = 0;
    while (bigCompare(remainder, scale) >= 0) {
      bigSubtract(remainder, scale);
      digit++;
    }
    const below = bigCompare(remainder, gap);
    const low = below < 0 || (below == 0 && even);
    const high = reachesNext(remainder, gap, wide, scale, even);
    if (low || high) {
      bigShiftLeft(remainder, 1);
      const half = bigCompare(remainder, scale);
      if (high && (!low || half > 0 || (half == 0 && (digit & 1) != 0))) digit++;
    }
    store<u8>(digits + count++, 0x30 + digit);
    if (low || high) break;
    bigMultiplyAdd(remainder, 10, 0);
    bigMultiplyAdd(gap, 10, 0);
  }
  return layOut(target, digits, count, point);
}

/** Whether remainder plus the gap above reaches the scale, that is the next digit. */
function reachesNext(remainder: usize, gap: usize, wide: i32, scale: usize, even: bool): bool {
  const sum = memory.data(BIG_BYTES, 8);
  bigCopy(sum, gap);
  bigShiftLeft(sum, wide);
  bigAdd(sum, remainder);
  const order = bigCompare(sum, scale);
  return order > 0 || (order == 0 && even);
}

/** Writes 0.DIGITS * 10 ** point as JavaScript would, and returns the place behind. */
function layOut(at: usize, digits: usize, count: i32, point: i32): usize {
  if (point > 21 || point < -5) {
    store<u8>(at++, load<u8>(digits));
    if (count > 1) {
      store<u8>(at++, 0x2e);
      memory.copy(at, digits + 1, count - 1);
      at += count - 1;
    }
    store<u8>(at++, 0x65);
    point--;
    if (point < 0) store<u8>(at++, 0x2d);
    return formatDecimal(at, abs(point), 0);
  }
  for (let position = min(point, 1) - 1; position < max(count, point); position++) {
    if (position == point) store<u8>(at++, 0x2e);
    store<u8>(at++, position >= 0 && position < count ? load<u8>(digits + position) : 0x30);
  }
  return at;
}
