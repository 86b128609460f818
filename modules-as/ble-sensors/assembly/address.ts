const ADDRESS_BYTES: i32 = 6;

/** What hexadecimal digits, with separators or without, are; null unless they are `bytes` bytes. */
export function parseHex(text: string, bytes: i32, separator: string): StaticArray<u8> | null {
  const step = 2 + separator.length;
  if (text.length != bytes * step - separator.length) return null;
  const result = new StaticArray<u8>(bytes);
  for (let i = 0; i < bytes; i++) {
    if (i > 0 && text.substr(i * step - separator.length, separator.length) != separator) return null;
    const high = digit(text.charCodeAt(i * step));
    const low = digit(text.charCodeAt(i * step + 1));
    if (high < 0 || low < 0) return null;
    result[i] = <u8>((high << 4) | low);
  }
  return result;
}

/** Whether it is an address as it is printed, such as `A4:C1:38:01:02:03`, in capitals. */
export function isAddress(text: string): bool {
  return text == text.toUpperCase() && parseHex(text, ADDRESS_BYTES, ':') !== null;
}

/** The value of a hexadecimal digit, or -1. */
export function digit(code: i32): i32 {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = (code | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}
