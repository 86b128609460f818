// Numbers in text, without events around them.
import { formatNumber } from '@gatehouse/sdk/assembly/json/format-number';
import { parseNumber } from '@gatehouse/sdk/assembly/json/parse-number';

export * from '@gatehouse/sdk/entry';

/** Reads the number at `pointer`, which a byte that is no part of it must follow. */
export function parse(pointer: usize): f64 {
  return parseNumber(pointer);
}

/** Writes a number at `pointer` and returns its length. */
export function format(pointer: usize, value: f64): i32 {
  return formatNumber(pointer, value);
}
