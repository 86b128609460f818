/** Remainders of the polynomial 0xA001 (0x8005 with its bits reversed) for each byte. */
const REMAINDERS = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});

/** The check of a frame on a serial line: CRC-16 of `length` bytes from `at` on. It is sent low byte first. */
export function crc16(bytes: Uint8Array, at: number, length: number): number {
  let crc = 0xffff;
  for (let i = at; i < at + length; i++) crc = (crc >> 8) ^ REMAINDERS[(crc ^ bytes[i]!) & 0xff]!;
  return crc;
}
