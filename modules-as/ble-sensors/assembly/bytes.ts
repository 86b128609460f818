/** Whole numbers out of memory, most significant byte first, as Ruuvi has them. */
export function u16High(at: usize): u32 {
  return bswap<u16>(load<u16>(at));
}

export function i16High(at: usize): i32 {
  return <i32>(<i16>bswap<u16>(load<u16>(at)));
}

/** A whole number of 1 to 4 bytes, least significant byte first. */
export function unsignedLow(at: usize, bytes: i32): f64 {
  let value: u64 = 0;
  for (let i = bytes - 1; i >= 0; i--) value = (value << 8) | load<u8>(at + i);
  return <f64>value;
}

/** As `unsignedLow`, of two's complement. */
export function signedLow(at: usize, bytes: i32): f64 {
  const value = unsignedLow(at, bytes);
  const half = <f64>((<u64>1) << (<u64>bytes * 8 - 1));
  return value < half ? value : value - half * 2;
}

/** Bytes as hexadecimal digits, with `separator` between them. */
export function hexText(at: usize, bytes: i32, separator: string): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes; i++) {
    const byte: u32 = load<u8>(at + i);
    parts.push(String.fromCharCode(hexDigit(byte >> 4), hexDigit(byte & 15)));
  }
  return parts.join(separator);
}

function hexDigit(value: u32): i32 {
  return <i32>(value < 10 ? 0x30 + value : 0x57 + value);
}
