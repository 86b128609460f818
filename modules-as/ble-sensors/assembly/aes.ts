const BLOCK_BYTES: i32 = 16;
const ROUNDS: i32 = 10;

/** Multiplies by x in the field of AES. */
function twice(byte: u32): u32 {
  return ((byte << 1) ^ ((byte & 0x80) != 0 ? 0x1b : 0)) & 0xff;
}

/** The S-box, computed: the inverse in the field, found by walking through the powers of 3, and the affine map [FIPS-197-5.1.1]. */
function createSBox(): StaticArray<u8> {
  const box = new StaticArray<u8>(256);
  let power: u32 = 1;
  let inverse: u32 = 1;
  do {
    power ^= twice(power);
    inverse ^= inverse << 1;
    inverse ^= inverse << 2;
    inverse ^= inverse << 4;
    inverse &= 0xff;
    if ((inverse & 0x80) != 0) inverse ^= 0x09;
    const b = inverse;
    box[power] = <u8>(0x63 ^ b ^ turned(b, 1) ^ turned(b, 2) ^ turned(b, 3) ^ turned(b, 4));
  } while (power != 1);
  box[0] = 0x63;
  return box;
}

function turned(byte: u32, bits: u32): u32 {
  return ((byte << bits) | (byte >> (8 - bits))) & 0xff;
}

const S_BOX: StaticArray<u8> = createSBox();

/** AES with a key of 128 bits, encryption of single blocks only, which is all that counter modes need [FIPS-197]. */
export class Aes128 {
  private keys: StaticArray<u8> = new StaticArray<u8>(BLOCK_BYTES * (ROUNDS + 1));
  private state: StaticArray<u8> = new StaticArray<u8>(BLOCK_BYTES);

  constructor(key: StaticArray<u8>) {
    assert(key.length == BLOCK_BYTES, 'a key has 16 bytes');
    const keys = this.keys;
    for (let i = 0; i < BLOCK_BYTES; i++) keys[i] = key[i];
    let constant: u32 = 1;
    for (let i = BLOCK_BYTES; i < keys.length; i++) {
      let byte: u32 = keys[i - 4];
      const column = i % BLOCK_BYTES;
      // The first word of each round key is turned by a byte and substituted.
      if (column < 4) byte = S_BOX[keys[column < 3 ? i - 3 : i - 7]];
      if (column == 0) byte ^= constant;
      keys[i] = <u8>(keys[i - BLOCK_BYTES] ^ byte);
      if (column == 3) constant = twice(constant);
    }
  }

  /** Encrypts a block in its place. */
  encrypt(block: StaticArray<u8>): void {
    this.addKey(block, 0);
    for (let round = 1; round < ROUNDS; round++) {
      this.substituteAndShift(block);
      mixColumns(block);
      this.addKey(block, round);
    }
    this.substituteAndShift(block);
    this.addKey(block, ROUNDS);
  }

  private addKey(block: StaticArray<u8>, round: i32): void {
    for (let i = 0; i < BLOCK_BYTES; i++) block[i] ^= this.keys[round * BLOCK_BYTES + i];
  }

  /** Substitutes each byte, and turns row r of the four by r places; the block has the columns one after the other. */
  private substituteAndShift(block: StaticArray<u8>): void {
    for (let i = 0; i < BLOCK_BYTES; i++) this.state[i] = S_BOX[block[(i + 4 * (i & 3)) & 15]];
    for (let i = 0; i < BLOCK_BYTES; i++) block[i] = this.state[i];
  }
}

function mixColumns(block: StaticArray<u8>): void {
  for (let column = 0; column < BLOCK_BYTES; column += 4) {
    const first: u32 = block[column];
    let all: u32 = 0;
    for (let i = 0; i < 4; i++) all ^= block[column + i];
    for (let i = 0; i < 4; i++) {
      const byte: u32 = block[column + i];
      const next: u32 = i < 3 ? block[column + i + 1] : first;
      block[column + i] = <u8>(byte ^ all ^ twice(byte ^ next));
    }
  }
}
