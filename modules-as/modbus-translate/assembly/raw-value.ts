import { RegisterType, wordsOf } from './register-type';
import { WordOrder } from './word-order';

/**
 * The number in `wordsOf(type)` consecutive 16-bit words at `pointer` (little-endian, as in an answer of the host), before scale
 * and offset. 64-bit whole numbers beyond 2^53 are rounded, as JSON numbers are everywhere.
 */
export function rawValue(pointer: usize, type: RegisterType, order: WordOrder, bit: i32): f64 {
  if (type == RegisterType.bool)
    return bit < 0 ? (load<u16>(pointer) != 0 ? 1 : 0) : <f64>((joinWords(pointer, 1, order) >> <u64>bit) & 1);
  const bits = joinWords(pointer, wordsOf(type), order);
  switch (type) {
    case RegisterType.u16:
    case RegisterType.u32:
    case RegisterType.u64:
      return <f64>bits;
    case RegisterType.i16:
      return <f64>(<i16>bits);
    case RegisterType.i32:
      return <f64>(<i32>bits);
    case RegisterType.i64:
      return <f64>(<i64>bits);
    case RegisterType.f32:
      return <f64>reinterpret<f32>(<u32>bits);
    default:
      return reinterpret<f64>(bits);
  }
}

/** Joins words into one number, most significant first after the order is undone. */
function joinWords(pointer: usize, words: i32, order: WordOrder): u64 {
  let bits: u64 = 0;
  for (let i = 0; i < words; i++) {
    const at = order & WordOrder.CDAB ? words - 1 - i : i;
    let word = load<u16>(pointer + ((<usize>at) << 1));
    if (order & WordOrder.BADC) word = bswap<u16>(word);
    bits = (bits << 16) | word;
  }
  return bits;
}
