import { isBitTable } from './register-range.ts';
import { functionOf, type PduRequest } from './request.ts';

// A frame of Modbus TCP, big-endian:
//
//  0               2              4               6         7           8
//  +---------------+--------------+---------------+---------+-----------+---------------------+
//  | transaction   | protocol     | bytes behind  | unit id | function  | data                |
//  | u16           | u16, 0       | this u16      | u8      | u8        | 1 to 252 bytes      |
//  +---------------+--------------+---------------+---------+-----------+---------------------+
//
// The function of an exception has bit 7 set and one byte of data, its code.

export const FRAME_MAX_BYTES = 260;
/** Bytes up to and with the length field, which says how many follow. */
export const PREFIX_BYTES = 6;
/** Range of the length field: unit id, function and at least one byte; at most what makes the longest frame. */
export const LENGTH_MIN = 3;
export const LENGTH_MAX = FRAME_MAX_BYTES - PREFIX_BYTES;
/** Where the data of an answer to a read begins, behind its byte count. */
export const READ_DATA_AT = 9;

/** What a frame is to a request: its answer, a refusal with an exception code of 1 to 255, or nothing valid. */
export type AnswerCheck = number;
export const ANSWERED: AnswerCheck = 0;
export const BAD_ANSWER: AnswerCheck = -1;

const EXCEPTION_BIT = 0x80;

/** Writes the frame of a request to the front of `frame` and returns its length in bytes. */
export function writeRequestFrame(frame: Uint8Array, request: PduRequest, transaction: number, unitId: number): number {
  const code = functionOf(request);
  putU16(frame, 0, transaction);
  putU16(frame, 2, 0);
  frame[6] = unitId;
  frame[7] = code;
  putU16(frame, 8, request.address);
  let end = 12;
  if (request.kind === 'read') putU16(frame, 10, request.count);
  else if (code === 5) putU16(frame, 10, request.values[0] === 0 ? 0 : 0xff00);
  else if (code === 6) putU16(frame, 10, request.values[0]!);
  else {
    putU16(frame, 10, request.count);
    const dataBytes = dataBytesOf(request);
    frame[12] = dataBytes;
    end = 13 + dataBytes;
    if (code === 16) for (let i = 0; i < request.count; i++) putU16(frame, 13 + 2 * i, request.values[i]!);
    else packBits(frame, 13, dataBytes, request.values);
  }
  putU16(frame, 4, end - PREFIX_BYTES);
  return end;
}

/**
 * Compares a frame with the request whose transaction id it carries. Everything is checked that the protocol lets us
 * check: unit, function, length, number of values, and for writes the echo of address and value.
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
  const code = functionOf(request);
  if (bytes[at + 6] !== unitId) return BAD_ANSWER;
  if (bytes[at + 7] === (code | EXCEPTION_BIT))
    return length === 9 && bytes[at + 8] !== 0 ? bytes[at + 8]! : BAD_ANSWER;
  if (bytes[at + 7] !== code) return BAD_ANSWER;
  if (request.kind === 'read') {
    const dataBytes = dataBytesOf(request);
    return bytes[at + 8] === dataBytes && length === READ_DATA_AT + dataBytes ? ANSWERED : BAD_ANSWER;
  }
  if (length !== 12 || getU16(bytes, at + 8) !== request.address) return BAD_ANSWER;
  return getU16(bytes, at + 10) === echoOf(request) ? ANSWERED : BAD_ANSWER;
}

export const getU16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

/** What a device repeats in answer to a write: the value of a single one, the count of several. */
function echoOf(request: PduRequest): number {
  if (request.kind === 'read' || request.function > 6) return request.count;
  if (request.function === 5) return request.values[0] === 0 ? 0 : 0xff00;
  return request.values[0]!;
}

function dataBytesOf(request: PduRequest): number {
  return isBitTable(request.table) ? (request.count + 7) >> 3 : 2 * request.count;
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}

function packBits(frame: Uint8Array, at: number, dataBytes: number, values: Uint16Array): void {
  frame.fill(0, at, at + dataBytes);
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) frame[at + (i >> 3)]! |= 1 << (i & 7);
}
