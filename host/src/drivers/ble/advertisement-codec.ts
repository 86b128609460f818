import { type AddressType, readPrintedAddress, writeAddress } from './address.ts';

// The answer to a subscription to advertisements, little-endian, the address as it is printed; docs/ble.md has the same:
//
//  0         6         7          8         9          10           12
//  +---------+---------+----------+---------+----------+------------+------+---------------+
//  | address | address | flags u8 | rssi i8 | reserved | data bytes | data | scan response |
//  | 6 bytes | type u8 |          |         | u8       | u16        |      | the rest      |
//  +---------+---------+----------+---------+----------+------------+------+---------------+

/** What a module is told of a sender. */
export interface HeardSender {
  readonly address: string;
  readonly addressType: AddressType;
  readonly isConnectable: boolean;
  readonly rssi: number;
  /** AD structures. */
  readonly data: Uint8Array;
  /** AD structures of its last scan response; empty when there was none. */
  readonly response: Uint8Array;
}

export const ADVERTISEMENT_HEADER_BYTES = 12;
const CONNECTABLE = 1;

export function encodeAdvertisement(sender: HeardSender): Uint8Array {
  const { data, response } = sender;
  const payload = new Uint8Array(ADVERTISEMENT_HEADER_BYTES + data.byteLength + response.byteLength);
  const view = new DataView(payload.buffer);
  writeAddress(sender.address, payload, 0);
  payload[6] = sender.addressType === 'random' ? 1 : 0;
  payload[7] = sender.isConnectable ? CONNECTABLE : 0;
  view.setInt8(8, sender.rssi);
  view.setUint16(10, data.byteLength, true);
  payload.set(data, ADVERTISEMENT_HEADER_BYTES);
  payload.set(response, ADVERTISEMENT_HEADER_BYTES + data.byteLength);
  return payload;
}

/** The inverse of `encodeAdvertisement`; undefined for what it does not make. */
export function decodeAdvertisement(payload: Uint8Array): HeardSender | undefined {
  if (payload.byteLength < ADVERTISEMENT_HEADER_BYTES || payload[6]! > 1 || payload[7]! > 1 || payload[9] !== 0)
    return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = ADVERTISEMENT_HEADER_BYTES + view.getUint16(10, true);
  if (end > payload.byteLength) return undefined;
  return {
    address: readPrintedAddress(payload, 0),
    addressType: payload[6] === 1 ? 'random' : 'public',
    isConnectable: payload[7] === CONNECTABLE,
    rssi: view.getInt8(8),
    data: payload.slice(ADVERTISEMENT_HEADER_BYTES, end),
    response: payload.slice(end),
  };
}
