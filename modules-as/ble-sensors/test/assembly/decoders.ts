// The decoders of ble-sensors by themselves, for their tests: bytes at `at` in, JSON out, empty where they are refused.
import { JsonWriter } from '@gatehouse/sdk';
import { decodeBtHome } from '../../assembly/bthome';
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

function begin(): void {
  json.clear();
  members.clear();
}
