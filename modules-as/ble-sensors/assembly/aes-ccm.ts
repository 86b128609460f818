import { Aes128 } from './aes';

const BLOCK_BYTES: i32 = 16;
/** BTHome leaves two bytes for the length, so that a nonce has 13, and four for the tag. */
export const NONCE_BYTES: i32 = 13;
export const TAG_BYTES: i32 = 4;
const LENGTH_BYTES: i32 = 2;

// The first block of the check, and the blocks of the key stream [RFC-3610-2.2, 2.3]
// ┌────────────────────────┬───────┬──────────┐   ┌────────────────┬───────┬─────────┐
// │ (tag - 2) / 2 << 3 | 1 │ nonce │ length   │   │ 1              │ nonce │ counter │
// └────────────────────────┴───────┴──────────┘   └────────────────┴───────┴─────────┘
//  0                        1       14         16  0                1       14        16

/**
 * Decrypts AES-CCM (RFC 3610) with a nonce of 13 bytes, a tag of 4 and no further data: `bytes` bytes at `at`, with the tag at `tag`, into
 * `plain`. False when the tag is not theirs; then `plain` is not to be used.
 */
export function decryptCcm(
  aes: Aes128,
  nonce: StaticArray<u8>,
  at: usize,
  bytes: i32,
  tag: usize,
  plain: StaticArray<u8>,
): bool {
  const stream = new StaticArray<u8>(BLOCK_BYTES);
  for (let i = 0; i < bytes; i++) {
    if (i % BLOCK_BYTES == 0) keyStream(aes, nonce, i / BLOCK_BYTES + 1, stream);
    plain[i] = load<u8>(at + i) ^ stream[i % BLOCK_BYTES];
  }
  const check = new StaticArray<u8>(BLOCK_BYTES);
  fill(check, ((TAG_BYTES - 2) / 2) << 3, nonce, bytes);
  aes.encrypt(check);
  for (let i = 0; i < bytes; i++) {
    check[i % BLOCK_BYTES] ^= plain[i];
    if (i % BLOCK_BYTES == BLOCK_BYTES - 1 || i == bytes - 1) aes.encrypt(check);
  }
  keyStream(aes, nonce, 0, stream);
  let difference: u32 = 0;
  for (let i = 0; i < TAG_BYTES; i++) difference |= load<u8>(tag + i) ^ check[i] ^ stream[i];
  return difference == 0;
}

function keyStream(aes: Aes128, nonce: StaticArray<u8>, counter: i32, block: StaticArray<u8>): void {
  fill(block, 0, nonce, counter);
  aes.encrypt(block);
}

function fill(block: StaticArray<u8>, flags: i32, nonce: StaticArray<u8>, number: i32): void {
  block[0] = <u8>(flags | (LENGTH_BYTES - 1));
  for (let i = 0; i < NONCE_BYTES; i++) block[i + 1] = nonce[i];
  block[14] = <u8>(number >> 8);
  block[15] = <u8>number;
}
