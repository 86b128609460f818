// Short UUIDs are written on this base: 0000xxxx-0000-1000-8000-00805f9b34fb.
const BASE_MIDDLE: u32 = 0x00100000;
const BASE_END: u64 = 0xfb349b5f80000080;

/**
 * Writes a UUID of 4 or 32 hexadecimal digits as 16 bytes, in the order in which it is printed; dashes are skipped. Aborts if
 * the text from `from` to `to` is none.
 *
 * @unsafe `target` needs 16 bytes.
 */
export function writeUuid(text: string, from: i32, to: i32, target: usize): void {
  let digits = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code == 0x2d) continue;
    const letter = (code | 0x20) - 0x61;
    const digit = code - 0x30;
    const value = digit >= 0 && digit < 10 ? digit : letter >= 0 && letter < 6 ? letter + 10 : -1;
    assert(value >= 0 && digits < 32, 'no UUID');
    const place = target + (digits >> 1);
    store<u8>(place, (digits & 1) == 0 ? value << 4 : load<u8>(place) | value);
    digits++;
  }
  assert(digits == 4 || digits == 32, 'no UUID');
  if (digits == 32) return;
  store<u32>(target, (<u32>load<u16>(target)) << 16);
  store<u32>(target, BASE_MIDDLE, 4);
  store<u64>(target, BASE_END, 8);
}
