import { Aes128 } from './aes';
import { decryptCcm, NONCE_BYTES, TAG_BYTES } from './aes-ccm';
import { BTHOME_UUID, BtHomeOutcome, decodeObjects } from './bthome';
import { Members } from './members';

const ADDRESS_BYTES: i32 = 6;
const COUNTER_BYTES: i32 = 4;
/** Longest encrypted part: an extended advertisement has 254 bytes. */
const CIPHER_BYTES_MAX: i32 = 256;
/** A counter below this one is that of a device which has begun anew. */
const COUNTER_ANEW: f64 = 100;

// ┌──────┬────────────────────┬───────────────┬────────────┐  nonce: address, UUID, head, counter
// │ head │ objects, encrypted │ counter u32   │ tag 4      │
// └──────┴────────────────────┴───────────────┴────────────┘
//  0      1                    n               n+4
/**
 * The key of a device whose BTHome data is encrypted. Its counter may not go back, so that data of before that somebody sends again is
 * refused; except to where a device is that has just begun anew, with a new battery.
 */
export class BtHomeKey {
  private aes: Aes128;
  private nonce: StaticArray<u8> = new StaticArray<u8>(NONCE_BYTES);
  private plain: StaticArray<u8> = new StaticArray<u8>(CIPHER_BYTES_MAX);
  private counter: f64 = -1;

  /** `address` has the first byte as it is written first. */
  constructor(key: StaticArray<u8>, address: StaticArray<u8>) {
    this.aes = new Aes128(key);
    for (let i = 0; i < ADDRESS_BYTES; i++) this.nonce[i] = address[i];
    this.nonce[6] = <u8>BTHOME_UUID;
    this.nonce[7] = <u8>(BTHOME_UUID >> 8);
  }

  /** Decrypts service data that `decodeBtHome` found to be encrypted, and decodes it. */
  decode(at: usize, bytes: i32, members: Members): BtHomeOutcome {
    const size = bytes - 1 - COUNTER_BYTES - TAG_BYTES;
    if (size < 1 || size > CIPHER_BYTES_MAX) return BtHomeOutcome.Malformed;
    const counterAt = at + 1 + size;
    this.nonce[8] = load<u8>(at);
    for (let i = 0; i < COUNTER_BYTES; i++) this.nonce[9 + i] = load<u8>(counterAt + i);
    if (!decryptCcm(this.aes, this.nonce, at + 1, size, counterAt + COUNTER_BYTES, this.plain))
      return BtHomeOutcome.Encrypted;
    const counter = <f64>load<u32>(counterAt);
    // The same counter is the same advertisement heard again.
    if (counter < this.counter && counter >= COUNTER_ANEW) return BtHomeOutcome.Replayed;
    this.counter = counter;
    return decodeObjects(changetype<usize>(this.plain), size, members);
  }
}
