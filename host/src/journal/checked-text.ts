import { crc32 } from 'node:zlib';

const PATTERN = /^([0-9a-f]{8}) ([0-9]+) (.*)$/s;

/**
 * JSON with a length and a CRC-32 in front, readable for a person and refused when anything is missing or changed.
 *
 * @param salt what the CRC begins with: what belongs to another file is refused, too
 */
export function encodeChecked(value: unknown, salt = 0): Buffer {
  const json = Buffer.from(`${JSON.stringify(value)}\n`);
  return Buffer.concat([Buffer.from(`${checksum(json, salt)} ${json.byteLength} `), json]);
}

/** Undefined when it is damaged. What is behind it is not looked at. */
export function decodeChecked(bytes: Buffer, salt = 0): unknown {
  // Latin-1 keeps bytes and characters the same.
  const match = PATTERN.exec(bytes.toString('latin1'));
  if (match === null) return undefined;
  const json = Buffer.from(match[3]!, 'latin1').subarray(0, Number(match[2]));
  if (json.byteLength !== Number(match[2]) || checksum(json, salt) !== match[1]) return undefined;
  try {
    return JSON.parse(json.toString());
  } catch {
    return undefined;
  }
}

const checksum = (bytes: Uint8Array, salt: number): string => crc32(bytes, salt).toString(16).padStart(8, '0');
