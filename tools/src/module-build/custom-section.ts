/**
 * Appends a custom section to a wasm module [ABI-1.6]. Sections of that kind may stand anywhere, so that the end is as
 * good a place as any.
 */
export function appendCustomSection(wasm: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const label = new TextEncoder().encode(name);
  const head = [...encodeLength(label.byteLength), ...label];
  return Buffer.concat([wasm, Buffer.from([0, ...encodeLength(head.length + content.byteLength), ...head]), content]);
}

/** Unsigned LEB128. */
function encodeLength(value: number): number[] {
  const bytes: number[] = [];
  do {
    const more = value > 0x7f ? 0x80 : 0;
    bytes.push((value & 0x7f) | more);
    value >>>= 7;
  } while (value > 0);
  return bytes;
}
