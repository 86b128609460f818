/** The number at `at` of so many bytes, little-endian. Aborts if it is not all there. */
export function readNumber<T>(pointer: usize, bytes: i32, at: i32): T {
  assert(at >= 0 && at <= bytes - <i32>sizeof<T>(), 'too few bytes');
  return load<T>(pointer + at);
}
