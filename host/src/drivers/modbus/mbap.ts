import { checkAnswerPdu } from './answer-pdu.ts';
import { type AnswerCheck, BAD_ANSWER, putU16 } from './pdu.ts';
import type { PduRequest } from './request.ts';
import { writeRequestPdu } from './request-pdu.ts';

// A frame of Modbus TCP, big-endian:
//
//  0               2              4               6         7
//  +---------------+--------------+---------------+---------+-----------------+
//  | transaction   | protocol     | bytes behind  | unit id | PDU             |
//  | u16           | u16, 0       | this u16      | u8      | 2 to 253 bytes  |
//  +---------------+--------------+---------------+---------+-----------------+

export const FRAME_MAX_BYTES = 260;
/** Bytes up to and with the length field, which says how many follow. */
export const PREFIX_BYTES = 6;
/** Where the PDU begins. */
export const PDU_AT = 7;
/** Range of the length field: unit id, function and at least one byte; at most what makes the longest frame. */
export const LENGTH_MIN = 3;
export const LENGTH_MAX = FRAME_MAX_BYTES - PREFIX_BYTES;

/** Writes the frame of a request to the front of `frame` and returns its length in bytes. */
export function writeRequestFrame(frame: Uint8Array, request: PduRequest, transaction: number, unitId: number): number {
  putU16(frame, 0, transaction);
  putU16(frame, 2, 0);
  frame[6] = unitId;
  const end = writeRequestPdu(frame, PDU_AT, request);
  putU16(frame, 4, end - PREFIX_BYTES);
  return end;
}

/**
 * Compares a frame with the request whose transaction id it carries.
 *
 * @param at where the frame begins in `bytes`; it is complete and `length` bytes long
 */
export function checkAnswer(
  bytes: Uint8Array,
  at: number,
  length: number,
  request: PduRequest,
  unitId: number,
): AnswerCheck {
  return bytes[at + 6] === unitId ? checkAnswerPdu(bytes, at + PDU_AT, length - PDU_AT, request) : BAD_ANSWER;
}
