/** The shortest LEB128 encoding of an unsigned 32-bit integer. */
export function encodeU32(value: number): number[] {
  const encoded: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) encoded.push((rest % 0x80) | 0x80);
  encoded.push(rest);
  return encoded;
}
