// The decoders of ble-sensors by themselves, for their tests: bytes at `at` in, JSON out, empty where they are refused.
import { JsonWriter } from '@gatehouse/sdk';
import { Aes128 } from '../../assembly/aes';
import { decryptCcm } from '../../assembly/aes-ccm';
import { decodeBtHome } from '../../assembly/bthome';
import { BtHomeKey } from '../../assembly/bthome-key';
import { decodeEnvironment } from '../../assembly/environment';
import { Members } from '../../assembly/members';
import { decodeRuuvi } from '../../assembly/ruuvi';

export * from '@gatehouse/sdk/entry';

const json = new JsonWriter();
const members = new Members(json);

/** Where the JSON of the last decoding is, and how long. */
export function textAt(): usize {
  json.finish();
  return json.pointer;
}

export function textBytes(): i32 {
  return json.byteLength;
}

export function ruuvi(at: usize, bytes: i32): bool {
  begin();
  return decodeRuuvi(at, bytes, members);
}

export function bthome(at: usize, bytes: i32): i32 {
  begin();
  return decodeBtHome(at, bytes, members);
}

export function environment(uuid: i32, at: usize, bytes: i32): bool {
  begin();
  return decodeEnvironment(uuid, at, bytes, members);
}

let key: BtHomeKey | null = null;

/** Takes 16 bytes of a key and 6 of an address at `at`. */
export function useKey(at: usize): void {
  key = new BtHomeKey(copied(at, 16), copied(at + 16, 6));
}

export function bthomeWithKey(at: usize, bytes: i32): i32 {
  begin();
  return key!.decode(at, bytes, members);
}

/** Encrypts the block of 16 bytes behind the key of 16 bytes at `at`, in its place. */
export function encryptBlock(at: usize): void {
  const block = copied(at + 16, 16);
  new Aes128(copied(at, 16)).encrypt(block);
  memory.copy(at + 16, changetype<usize>(block), 16);
}

/** At `at` are a key, a nonce of 13 bytes, `bytes` encrypted bytes and a tag; they are decrypted in their place. Whether the tag is theirs. */
export function decrypt(at: usize, bytes: i32): bool {
  const plain = new StaticArray<u8>(bytes);
  const from = at + 29;
  const isTrue = decryptCcm(new Aes128(copied(at, 16)), copied(at + 16, 13), from, bytes, from + bytes, plain);
  memory.copy(from, changetype<usize>(plain), bytes);
  return isTrue;
}

function copied(at: usize, bytes: i32): StaticArray<u8> {
  const copy = new StaticArray<u8>(bytes);
  memory.copy(changetype<usize>(copy), at, bytes);
  return copy;
}

function begin(): void {
  json.clear();
  members.clear();
}
