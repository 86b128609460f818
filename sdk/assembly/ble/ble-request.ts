import * as host from '../imports/ble';
import { encode, scratchOf } from '../utf8';

// A request, little-endian, UUIDs in the order in which they are printed:
// ╒═════════════╤════════════╤════════════╤════════════╤══════════════╤═════════════════════╤══════╤═════════════════════╕
// │ function u8 │ name bytes │ data bytes │ expiry u32 │ service UUID │ characteristic UUID │ data │ device name (UTF-8) │
// │             │ u8         │ u16        │            │              │                     │      │                     │
// └─────────────┴────────────┴────────────┴────────────┴──────────────┴─────────────────────┴──────┴─────────────────────┘
//  0             1            2            4            8              24                    40

const HEAD_BYTES = 40;
const PATH_BYTES = 32;

/** What a request asks for. */
export const enum BleFunction {
  Read = 0,
  Write = 1,
  WriteWithoutResponse = 2,
  Subscribe = 3,
  Unsubscribe = 4,
  Connection = 5,
  Advertisements = 6,
}

/**
 * Sends a request to a device. `path` is where the two UUIDs are, or 0 for what is about no characteristic.
 *
 * @unsafe Reads 32 bytes at `path` and `dataBytes` at `data`.
 */
export function request(
  name: string,
  code: BleFunction,
  path: usize,
  data: usize = 0,
  dataBytes: i32 = 0,
  expiryMs: i32 = 0,
): i32 {
  const head = scratchOf(HEAD_BYTES + dataBytes + name.length * 3);
  store<u8>(head, code);
  store<u16>(head, <u16>dataBytes, 2);
  store<u32>(head, expiryMs, 4);
  if (path == 0) memory.fill(head + 8, 0, PATH_BYTES);
  else memory.copy(head + 8, path, PATH_BYTES);
  memory.copy(head + HEAD_BYTES, data, dataBytes);
  const nameBytes = encode(name, head + HEAD_BYTES + dataBytes);
  store<u8>(head, <u8>nameBytes, 1);
  return host.request(head, HEAD_BYTES + dataBytes + nameBytes);
}
