import type { CharacteristicPath } from './central/radio.ts';
import { BLE_LIMITS } from './limits.ts';
import { readUuid, UUID_BYTES, uuidBytes } from './uuid.ts';

// The request of a module, little-endian, UUIDs as they are printed; docs/ble.md has the same:
//
//  0             1             2            4            8         24               40
//  +-------------+-------------+------------+------------+---------+----------------+------+-------------+
//  | function u8 | name        | data bytes | expiry u32 | service | characteristic | data | device name |
//  |             | bytes u8    | u16        | ms         | UUID    | UUID           |      | UTF-8       |
//  +-------------+-------------+------------+------------+---------+----------------+------+-------------+

/** What a module asks of a device. */
export type BleRequest =
  | { readonly kind: 'read'; readonly path: CharacteristicPath; readonly expiryMs: number }
  | {
      readonly kind: 'write';
      readonly path: CharacteristicPath;
      readonly data: Uint8Array;
      readonly withResponse: boolean;
      readonly expiryMs: number;
    }
  | { readonly kind: 'subscribe'; readonly path: CharacteristicPath }
  /** Ends the subscriptions of the module: to a characteristic, or to what is no characteristic. */
  | { readonly kind: 'unsubscribe'; readonly path: CharacteristicPath | undefined }
  /** Every change between linked and not. */
  | { readonly kind: 'connection' }
  | { readonly kind: 'advertisements' };

const BLE_HEADER_BYTES = 40;
export const DEFAULT_EXPIRY_MS = 10_000;
const NAME_BYTES_MAX = 255;
/** Longest request. */
export const REQUEST_BYTES_MAX = BLE_HEADER_BYTES + BLE_LIMITS.valueBytes + NAME_BYTES_MAX;

export const FUNCTION = {
  read: 0,
  write: 1,
  writeWithoutResponse: 2,
  subscribe: 3,
  unsubscribe: 4,
  connection: 5,
  advertisements: 6,
} as const;

const SERVICE_AT = 8;
const CHARACTERISTIC_AT = SERVICE_AT + UUID_BYTES;

export const functionAt = (payload: Uint8Array): number => payload[0]!;
const dataBytesAt = (payload: Uint8Array): number => payload[2]! | (payload[3]! << 8);
const expiryAt = (payload: Uint8Array): number =>
  (payload[4]! | (payload[5]! << 8) | (payload[6]! << 16) | (payload[7]! << 24)) >>> 0;

/** Whether the payload follows the layout in every field. Allocates nothing. */
export function isWellFormed(payload: Uint8Array): boolean {
  if (payload.length < BLE_HEADER_BYTES || payload[1] === 0) return false;
  const dataBytes = dataBytesAt(payload);
  if (payload.length !== BLE_HEADER_BYTES + dataBytes + payload[1]!) return false;
  const hasService = hasUuid(payload, SERVICE_AT);
  const hasPath = hasService && hasUuid(payload, CHARACTERISTIC_AT);
  const hasNoPath = !hasService && !hasUuid(payload, CHARACTERISTIC_AT);
  const isBare = dataBytes === 0 && expiryAt(payload) === 0;
  switch (payload[0]) {
    case FUNCTION.read:
      return hasPath && dataBytes === 0;
    case FUNCTION.write:
    case FUNCTION.writeWithoutResponse:
      return hasPath && dataBytes <= BLE_LIMITS.valueBytes;
    case FUNCTION.subscribe:
      return hasPath && isBare;
    case FUNCTION.unsubscribe:
      return (hasPath || hasNoPath) && isBare;
    case FUNCTION.connection:
    case FUNCTION.advertisements:
      return hasNoPath && isBare;
    default:
      return false;
  }
}

/** Whether a well-formed request is answered more than once. */
export const isSubscription = (payload: Uint8Array): boolean =>
  payload[0] === FUNCTION.subscribe || payload[0] === FUNCTION.connection || payload[0] === FUNCTION.advertisements;

/** Whether a well-formed payload is about this service, and this characteristic if there is one. */
export function isAbout(payload: Uint8Array, service: Uint8Array, characteristic: Uint8Array | undefined): boolean {
  if (!equalAt(payload, SERVICE_AT, service)) return false;
  return characteristic === undefined || equalAt(payload, CHARACTERISTIC_AT, characteristic);
}

/** Whether a well-formed payload names a characteristic. */
export const hasPathIn = (payload: Uint8Array): boolean => hasUuid(payload, SERVICE_AT);

/** Decodes a request; undefined when it is not well-formed. What it returns shares no memory with the payload. */
export function decodeBleRequest(payload: Uint8Array): BleRequest | undefined {
  if (!isWellFormed(payload)) return undefined;
  const path = { service: readUuid(payload, SERVICE_AT), characteristic: readUuid(payload, CHARACTERISTIC_AT) };
  const expiryMs = expiryAt(payload) || DEFAULT_EXPIRY_MS;
  switch (payload[0]) {
    case FUNCTION.read:
      return { kind: 'read', path, expiryMs };
    case FUNCTION.subscribe:
      return { kind: 'subscribe', path };
    case FUNCTION.unsubscribe:
      return { kind: 'unsubscribe', path: hasPathIn(payload) ? path : undefined };
    case FUNCTION.connection:
      return { kind: 'connection' };
    case FUNCTION.advertisements:
      return { kind: 'advertisements' };
    default: {
      const data = payload.slice(BLE_HEADER_BYTES, BLE_HEADER_BYTES + dataBytesAt(payload));
      return { kind: 'write', path, data, withResponse: payload[0] === FUNCTION.write, expiryMs };
    }
  }
}

/** Encodes a request for the device of that name: the inverse of `decodeBleRequest`. */
export function encodeBleRequest(request: BleRequest, device: string): Uint8Array {
  const name = new TextEncoder().encode(device);
  const data = request.kind === 'write' ? request.data : new Uint8Array(0);
  const payload = new Uint8Array(BLE_HEADER_BYTES + data.byteLength + name.byteLength);
  const view = new DataView(payload.buffer);
  payload[0] = functionOf(request);
  payload[1] = name.byteLength;
  view.setUint16(2, data.byteLength, true);
  if ('expiryMs' in request) view.setUint32(4, request.expiryMs, true);
  if ('path' in request && request.path !== undefined) {
    payload.set(uuidBytes(request.path.service), SERVICE_AT);
    payload.set(uuidBytes(request.path.characteristic), CHARACTERISTIC_AT);
  }
  payload.set(data, BLE_HEADER_BYTES);
  payload.set(name, BLE_HEADER_BYTES + data.byteLength);
  return payload;
}

const functionOf = (request: BleRequest): number =>
  request.kind === 'write' && !request.withResponse ? FUNCTION.writeWithoutResponse : FUNCTION[request.kind];

function hasUuid(payload: Uint8Array, at: number): boolean {
  for (let i = at; i < at + UUID_BYTES; i++) if (payload[i] !== 0) return true;
  return false;
}

function equalAt(payload: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (payload[at + i] !== bytes[i]) return false;
  return true;
}
