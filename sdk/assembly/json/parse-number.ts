import { decode } from '../utf8';
import { skipValue } from './scan';

/** The number that begins at `at` in a checked text. */
export function parseNumber(at: usize): f64 {
  return F64.parseFloat(decode(at, skipValue(at) - at));
}
