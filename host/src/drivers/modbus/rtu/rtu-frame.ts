import { PDU_MAX_BYTES } from '../pdu.ts';
import type { PduRequest } from '../request.ts';
import { writeRequestPdu } from '../request-pdu.ts';
import { crc16 } from './crc16.ts';

// A frame on a serial line. Nothing says where it ends but its length, which its function implies, and silence:
//
//  0          1                 1 + PDU
//  +----------+-----------------+----------------------+
//  | unit id  | PDU             | CRC-16 of all before |
//  | u8       | 2 to 253 bytes  | u16, low byte first  |
//  +----------+-----------------+----------------------+

export const RTU_PDU_AT = 1;
export const CRC_BYTES = 2;
export const RTU_MAX_BYTES = RTU_PDU_AT + PDU_MAX_BYTES + CRC_BYTES;
/** Unit id that all units take, and none answers. */
export const BROADCAST = 0;

/** Writes the frame of a request to the front of `frame` and returns its length in bytes. */
export function writeRtuFrame(frame: Uint8Array, request: PduRequest, unitId: number): number {
  frame[0] = unitId;
  const end = writeRequestPdu(frame, RTU_PDU_AT, request);
  const crc = crc16(frame, 0, end);
  frame[end] = crc & 0xff;
  frame[end + 1] = crc >> 8;
  return end + CRC_BYTES;
}

/** Whether the last two of `length` bytes from `at` on are the check of those before. */
export function hasGoodCrc(bytes: Uint8Array, at: number, length: number): boolean {
  const end = at + length - CRC_BYTES;
  return crc16(bytes, at, length - CRC_BYTES) === (bytes[end]! | (bytes[end + 1]! << 8));
}
