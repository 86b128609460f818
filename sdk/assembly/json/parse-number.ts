import { BIG_BYTES, bigCompare, bigMultiplyAdd, bigMultiplyPower10, bigSet, bigShiftLeft } from './big-natural';
import { isDigit } from './scan';

/** Significant digits that can decide how a number rounds; what follows only matters by being 0 or not. */
const DIGITS_MAX: i32 = 800;

// What the text says: digits without their point, times ten to the exponent.
let mantissa: u64 = 0;
let digitCount: i32 = 0;
let exponent: i32 = 0;

/** The number that begins at `at` in a checked text, correctly rounded; too large for f64 is infinity. */
export function parseNumber(at: usize): f64 {
  const negative = load<u8>(at) == 0x2d;
  if (negative) at++;
  read(at);
  const size = magnitude(at);
  return negative ? -size : size;
}

function magnitude(at: usize): f64 {
  if (mantissa == 0) return 0;
  // Both sides of the operation are exact, so that it rounds once.
  if (digitCount <= 19 && mantissa <= 1 << 53 && exponent >= -22 && exponent <= 22) {
    return exponent < 0 ? <f64>mantissa / power10(-exponent) : <f64>mantissa * power10(exponent);
  }
  if (digitCount <= 19 && exponent >= -27 && exponent <= 27) return scaled(mantissa, exponent);
  if (digitCount + exponent > 310) return Infinity;
  if (digitCount + exponent < -324) return 0;
  return nearest(at, estimate());
}

/** Reads digits and exponent; the mantissa holds the first 19 digits. */
function read(at: usize): void {
  let count: i32 = 0;
  let value: u64 = 0;
  let shift: i32 = 0;
  let fraction = false;
  let c: u32 = load<u8>(at);
  for (; isDigit(c) || c == 0x2e; c = load<u8>(++at)) {
    if (c == 0x2e) {
      fraction = true;
      continue;
    }
    if (fraction) shift--;
    if (count == 0 && c == 0x30) continue;
    if (++count <= 19) value = value * 10 + (c - 0x30);
  }
  if ((c | 0x20) == 0x65) {
    const sign: u32 = load<u8>(++at);
    if (sign == 0x2b || sign == 0x2d) at++;
    let given: i32 = 0;
    for (; isDigit(load<u8>(at)); at++) if (given < 100000) given = given * 10 + <i32>load<u8>(at) - 0x30;
    shift += sign == 0x2d ? -given : given;
  }
  mantissa = value;
  digitCount = count;
  exponent = shift;
}

/**
 * digits * 10 ** power for a power of at most 27 either way, where 5 ** power is exact in 64 bits: the product or quotient
 * is taken to more bits than f64 has, the last of them standing for all that follow, and rounded once.
 */
function scaled(digits: u64, power: i32): f64 {
  let five: u64 = 1;
  for (let count = abs(power); count > 0; count--) five *= 5;
  const digitsShift = clz(digits);
  const fiveShift = clz(five);
  digits <<= digitsShift;
  five <<= fiveShift;
  let bits: u64;
  let shift: i64;
  if (power >= 0) {
    const low = (digits & 0xffffffff) * (five & 0xffffffff);
    const middle = (digits >> 32) * (five & 0xffffffff) + (low >> 32);
    const cross = (digits & 0xffffffff) * (five >> 32) + (middle & 0xffffffff);
    bits = (digits >> 32) * (five >> 32) + (middle >> 32) + (cross >> 32);
    bits |= u64(((cross << 32) | (low & 0xffffffff)) != 0);
    shift = 64 - <i64>digitsShift - <i64>fiveShift;
  } else {
    bits = u64(digits >= five);
    if (bits) digits -= five;
    for (let count = 0; count < 57; count++) {
      const carry = digits >> 63;
      digits <<= 1;
      const fits = carry != 0 || digits >= five;
      if (fits) digits -= five;
      bits = (bits << 1) | u64(fits);
    }
    bits |= u64(digits != 0);
    shift = <i64>fiveShift - <i64>digitsShift - 57;
  }
  return <f64>bits * reinterpret<f64>((1023 + shift + power) << 52);
}

/** 10 ** exponent, exact up to 22, then within a few units in the last place. */
function power10(exponent: i32): f64 {
  let result: f64 = 1;
  let square: f64 = 10;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result *= square;
    square *= square;
  }
  return result;
}

/** The number within some units in the last place. */
function estimate(): f64 {
  const kept = min(digitCount, 19);
  const shift = exponent + digitCount - kept;
  const value = <f64>mantissa;
  if (shift >= 0) return value * power10(shift);
  // In two steps, because 10 ** 324 is more than f64 holds while the result may not be 0.
  const first = min(-shift, 290);
  return value / power10(first) / power10(-shift - first);
}

/** Walks from an estimate to the f64 nearest to the digits at `at`, the even one of two equally near. */
function nearest(at: usize, estimate: f64): f64 {
  let bits = min(reinterpret<u64>(estimate), 0x7fefffffffffffff);
  while (true) {
    const above = compareWithHalfway(at, bits);
    if (above > 0 || (above == 0 && (bits & 1) != 0)) {
      bits++;
      if (above == 0 || bits == 0x7ff0000000000000) break;
      continue;
    }
    if (above == 0 || bits == 0) break;
    const below = compareWithHalfway(at, bits - 1);
    if (below > 0 || (below == 0 && (bits & 1) == 0)) break;
    bits--;
    if (below == 0) break;
  }
  return reinterpret<f64>(bits);
}

/** Compares the digits at `at` with the middle between the f64 of these bits and the next greater one. */
function compareWithHalfway(at: usize, bits: u64): i32 {
  const left = memory.data(BIG_BYTES, 8);
  const right = memory.data(BIG_BYTES, 8);
  const field = <i32>(bits >> 52);
  const fraction = bits & 0xfffffffffffff;
  bigSet(right, ((field == 0 ? fraction : fraction | (1 << 52)) << 1) | 1);
  const shift = max(field, 1) - 1076;
  const power = readDigits(at, left);
  if (power >= 0) bigMultiplyPower10(left, power);
  else bigMultiplyPower10(right, -power);
  if (shift >= 0) bigShiftLeft(right, shift);
  else bigShiftLeft(left, -shift);
  return bigCompare(left, right);
}

/** Reads the digits at `at` and returns the power of ten they are to be multiplied by. */
function readDigits(at: usize, big: usize): i32 {
  bigSet(big, 0);
  let count: i32 = 0;
  let power = exponent;
  for (let c: u32 = load<u8>(at); isDigit(c) || c == 0x2e; c = load<u8>(++at)) {
    if (c == 0x2e || (count == 0 && c == 0x30)) continue;
    if (count++ < DIGITS_MAX) {
      bigMultiplyAdd(big, 10, c - 0x30);
    } else {
      power++;
      // One more digit that stands for all that follow.
      if (c != 0x30 && (load<u32>(big, 4) & 1) == 0) store<u32>(big, load<u32>(big, 4) | 1, 4);
    }
  }
  return power;
}
