import { type AddressType, readAddress } from '../address.ts';
import type { Advertisement } from '../central/advertisement.ts';

// One report of an LE Advertising Report event [Bluetooth Core 5.4, Vol 4, Part E, 7.7.65.2]:
//
//  0       1             2            8              9       9 + n
//  +-------+-------------+------------+--------------+-------+---------+
//  | type  | address     | address    | data bytes n | data  | rssi i8 |
//  | u8    | type u8     | 6 bytes    | u8           |       |         |
//  +-------+-------------+------------+--------------+-------+---------+
//
// and of an LE Extended Advertising Report event [7.7.65.13]:
//
//  0         2          3         9                  13        14                 23             24
//  +---------+----------+---------+------------------+---------+------------------+--------------+------+
//  | type    | address  | address | PHYs, set, power | rssi i8 | interval, direct | data bytes n | data |
//  | u16     | type u8  | 6 bytes | 4 bytes          |         | address, 9 bytes | u8           |      |
//  +---------+----------+---------+------------------+---------+------------------+--------------+------+

const HEADER_BYTES = 9;
const EXTENDED_HEADER_BYTES = 24;
const SCAN_RESPONSE = 4;
const EXTENDED = { connectable: 1, scanResponse: 8, moreToCome: 0x60 } as const;

/** The reports of an event, from behind its number of reports; those before the first that is not whole. */
export function decodeReports(bytes: Uint8Array, count: number): Advertisement[] {
  const reports: Advertisement[] = [];
  for (let at = 0; reports.length < count; ) {
    const end = at + HEADER_BYTES + (bytes[at + 8] ?? 0) + 1;
    if (end > bytes.length) break;
    const type = bytes[at]!;
    reports.push({
      ...peerAt(bytes, at + 1),
      rssi: signed(bytes[end - 1]!),
      isConnectable: type <= 1,
      isScanResponse: type === SCAN_RESPONSE,
      data: bytes.slice(at + HEADER_BYTES, end - 1),
    });
    at = end;
  }
  return reports;
}

/** The same for extended reports. One that is a part of a longer advertisement is left out. */
export function decodeExtendedReports(bytes: Uint8Array, count: number): Advertisement[] {
  const reports: Advertisement[] = [];
  for (let at = 0, index = 0; index < count; index++) {
    const end = at + EXTENDED_HEADER_BYTES + (bytes[at + 23] ?? 0);
    if (end > bytes.length) break;
    const type = bytes[at]!;
    if ((type & EXTENDED.moreToCome) === 0)
      reports.push({
        ...peerAt(bytes, at + 2),
        rssi: signed(bytes[at + 13]!),
        isConnectable: (type & EXTENDED.connectable) !== 0,
        isScanResponse: (type & EXTENDED.scanResponse) !== 0,
        data: bytes.slice(at + EXTENDED_HEADER_BYTES, end),
      });
    at = end;
  }
  return reports;
}

function peerAt(bytes: Uint8Array, at: number): { address: string; addressType: AddressType } {
  return { address: readAddress(bytes, at + 1), addressType: (bytes[at]! & 1) === 1 ? 'random' : 'public' };
}

const signed = (byte: number): number => (byte << 24) >> 24;
