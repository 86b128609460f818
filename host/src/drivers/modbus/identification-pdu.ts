import { MORE_BYTES, NO_PDU, PDU_MAX_BYTES } from './pdu.ts';
import { IDENTIFY, type IdentifyRequest } from './request.ts';

// The answer to a request for the identification of a device [MODBUS-6.21]:
//
//  0       1       2        3             4               5          6          7
//  +-------+-------+--------+-------------+---------------+----------+----------+------------------------------+----
//  | 43    | 14    | level  | conformity  | more follows  | next id  | objects  | id u8 | bytes u8 | its value | ...
//  | u8    | u8    | u8     | u8          | u8, 00 or ff  | u8       | u8       |       |          |           |
//  +-------+-------+--------+-------------+---------------+----------+----------+------------------------------+----

/** Kind of the request among those that share function 43. */
export const READ_IDENTIFICATION = 14;

export const OBJECTS_AT = 7;
const OBJECT_HEADER_BYTES = 2;
const MORE_FOLLOWS = 0xff;
/** Highest object of a level, by level. */
const LAST_OBJECTS = [0, 0x02, 0x7f, 0xff] as const;
/** Bit 7 says that objects can also be asked for one by one. */
const CONFORMITIES = [0x01, 0x02, 0x03, 0x81, 0x82, 0x83];

export const conformityAt = (bytes: Uint8Array, at: number): number => bytes[at + 3]!;
export const objectCountAt = (bytes: Uint8Array, at: number): number => bytes[at + 6]!;

/** The object with which the identification goes on; undefined when this was all. */
export const nextObjectAt = (bytes: Uint8Array, at: number): number | undefined =>
  bytes[at + 4] === MORE_FOLLOWS ? bytes[at + 5]! : undefined;

/**
 * How long the answer is that begins at `at`, where nothing else says it, or `NO_PDU` or `MORE_BYTES`.
 *
 * @param available bytes that have come from `at` on
 */
export function identificationPduBytes(bytes: Uint8Array, at: number, available: number): number {
  if (available > 0 && bytes[at] !== IDENTIFY) return NO_PDU;
  if (available > 1 && bytes[at + 1] !== READ_IDENTIFICATION) return NO_PDU;
  if (available < OBJECTS_AT) return MORE_BYTES;
  let end = OBJECTS_AT;
  for (let left = objectCountAt(bytes, at); left > 0; left--) {
    if (end + OBJECT_HEADER_BYTES > PDU_MAX_BYTES) return NO_PDU;
    if (end + OBJECT_HEADER_BYTES > available) return MORE_BYTES;
    end += OBJECT_HEADER_BYTES + bytes[at + end + 1]!;
  }
  return end > PDU_MAX_BYTES ? NO_PDU : end;
}

/**
 * Whether a complete PDU of `length` bytes answers a request: its level, objects that fill it exactly, each with a higher id
 * than the one before, none below what was asked for or above what the level has, and one to go on with that is higher still.
 * Ids that only grow are what makes an identification end.
 */
export function isIdentification(bytes: Uint8Array, at: number, length: number, request: IdentifyRequest): boolean {
  const { level, objectId } = request;
  if (length < OBJECTS_AT || identificationPduBytes(bytes, at, length) !== length) return false;
  if (bytes[at + 2] !== level || !CONFORMITIES.includes(conformityAt(bytes, at))) return false;
  if (bytes[at + 4] !== 0 && bytes[at + 4] !== MORE_FOLLOWS) return false;
  let least = objectId;
  for (let place = OBJECTS_AT; place < length; place += OBJECT_HEADER_BYTES + bytes[at + place + 1]!) {
    const id = bytes[at + place]!;
    if (id < least || id > LAST_OBJECTS[level]) return false;
    least = id + 1;
  }
  const next = nextObjectAt(bytes, at);
  if (next === undefined) return true;
  return objectCountAt(bytes, at) > 0 && next >= least && next <= LAST_OBJECTS[level];
}
