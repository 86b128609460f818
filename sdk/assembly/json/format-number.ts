import { encode } from '../utf8';

/** Longest text of a number. */
export const NUMBER_BYTES: i32 = 32;

/** Writes a finite number so that it reads back as the same, and returns the length in bytes. */
export function formatNumber(target: usize, value: f64): i32 {
  return encode(value.toString(), target);
}

/** Writes a whole number and returns the length in bytes. */
export function formatInteger(target: usize, value: u64): i32 {
  return encode(value.toString(), target);
}
