const CODE_SECTION = 10;
const PREAMBLE_BYTES = 8;

/** Size of the code section of a module [WASM-5.5.13]. */
export function codeBytes(wasm: Uint8Array): number {
  let at = PREAMBLE_BYTES;
  while (at < wasm.byteLength) {
    const id = wasm[at++];
    let bytes = 0;
    for (let shift = 1, more = true; more; shift *= 128) {
      const byte = wasm[at++] as number;
      bytes += (byte & 0x7f) * shift;
      more = byte > 0x7f;
    }
    if (id === CODE_SECTION) return bytes;
    at += bytes;
  }
  return 0;
}
