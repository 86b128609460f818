// The request of a module, little-endian, as docs/serial.md has it:
//
//  0             1             2            4            8
//  +-------------+-------------+------------+------------+------+-------------+
//  | function u8 | name        | data bytes | expiry u32 | data | device name |
//  |             | bytes u8    | u16        | ms         |      | UTF-8       |
//  +-------------+-------------+------------+------------+------+-------------+

/** What a module asks of a port. */
export type SerialRequest =
  | { readonly kind: 'subscribe' }
  | {
      /** An exchange has the next frame as its answer. */
      readonly kind: 'write' | 'exchange';
      readonly data: Uint8Array;
      readonly expiryMs: number;
    };

export const SERIAL_HEADER_BYTES = 8;
/** Most bytes of one write: what fits into a request with a name of the longest kind. */
export const DATA_BYTES_MAX = 3_072;
export const NAME_BYTES_MAX = 255;
/** Longest frame that an answer can carry. */
export const FRAME_BYTES_MAX = 4_096;
export const DEFAULT_EXPIRY_MS = 1_000;

const SUBSCRIBE = 0;
const WRITE = 1;
const EXCHANGE = 2;

const dataBytesAt = (payload: Uint8Array): number => payload[2]! | (payload[3]! << 8);
const expiryAt = (payload: Uint8Array): number =>
  (payload[4]! | (payload[5]! << 8) | (payload[6]! << 16) | (payload[7]! << 24)) >>> 0;

/** Whether the payload follows the layout in every field. Allocates nothing. */
export function isWellFormed(payload: Uint8Array): boolean {
  if (payload.length < SERIAL_HEADER_BYTES || payload[0]! > EXCHANGE || payload[1] === 0) return false;
  const dataBytes = dataBytesAt(payload);
  if (payload.length !== SERIAL_HEADER_BYTES + dataBytes + payload[1]!) return false;
  if (isSubscription(payload)) return dataBytes === 0 && expiryAt(payload) === 0;
  return dataBytes >= 1 && dataBytes <= DATA_BYTES_MAX;
}

export const isSubscription = (payload: Uint8Array): boolean => payload[0] === SUBSCRIBE;

/** Decodes a request; undefined when it is not well-formed. What it returns shares no memory with the payload. */
export function decodeSerialRequest(payload: Uint8Array): SerialRequest | undefined {
  if (!isWellFormed(payload)) return undefined;
  if (isSubscription(payload)) return { kind: 'subscribe' };
  const data = payload.slice(SERIAL_HEADER_BYTES, SERIAL_HEADER_BYTES + dataBytesAt(payload));
  const kind = payload[0] === WRITE ? 'write' : 'exchange';
  return { kind, data, expiryMs: expiryAt(payload) || DEFAULT_EXPIRY_MS };
}

/** Encodes a request for the device of that name: the inverse of `decodeSerialRequest`. */
export function encodeSerialRequest(request: SerialRequest, device: string): Uint8Array {
  const name = new TextEncoder().encode(device);
  const data = request.kind === 'subscribe' ? new Uint8Array(0) : request.data;
  const payload = new Uint8Array(SERIAL_HEADER_BYTES + data.byteLength + name.byteLength);
  const view = new DataView(payload.buffer);
  payload[0] = { subscribe: SUBSCRIBE, write: WRITE, exchange: EXCHANGE }[request.kind];
  payload[1] = name.byteLength;
  view.setUint16(2, data.byteLength, true);
  if (request.kind !== 'subscribe') view.setUint32(4, request.expiryMs, true);
  payload.set(data, SERIAL_HEADER_BYTES);
  payload.set(name, SERIAL_HEADER_BYTES + data.byteLength);
  return payload;
}
