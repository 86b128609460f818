import { isBitTable } from './register-range.ts';
import { functionOf, type PduRequest } from './request.ts';

// What Modbus says, whatever carries it, big-endian:
//
//  0           1
//  +-----------+---------------------+
//  | function  | data                |
//  | u8        | 1 to 252 bytes      |
//  +-----------+---------------------+
//
// The function of an exception has bit 7 set and one byte of data, its code.

/** Longest PDU. */
export const PDU_MAX_BYTES = 253;
/** Where the values of an answer to a read begin, behind its byte count. */
export const READ_DATA_AT = 2;

/** What a PDU is to a request: its answer, a refusal with an exception code of 1 to 255, or nothing valid. */
export type AnswerCheck = number;
export const ANSWERED: AnswerCheck = 0;
export const BAD_ANSWER: AnswerCheck = -1;

export const EXCEPTION_BIT = 0x80;
export const EXCEPTION_BYTES = 2;

/** Writes a request at `at` of `frame` and returns where it ends. */
export function writeRequestPdu(frame: Uint8Array, at: number, request: PduRequest): number {
  const code = functionOf(request);
  frame[at] = code;
  putU16(frame, at + 1, request.address);
  if (request.kind === 'read') putU16(frame, at + 3, request.count);
  else if (code === 5) putU16(frame, at + 3, request.values[0] === 0 ? 0 : 0xff00);
  else if (code === 6) putU16(frame, at + 3, request.values[0]!);
  else {
    putU16(frame, at + 3, request.count);
    const dataBytes = dataBytesOf(request);
    frame[at + 5] = dataBytes;
    if (code === 16) for (let i = 0; i < request.count; i++) putU16(frame, at + 6 + 2 * i, request.values[i]!);
    else packBits(frame, at + 6, dataBytes, request.values);
    return at + 6 + dataBytes;
  }
  return at + 5;
}

/**
 * Compares a PDU with the request that it may answer. Everything is checked that the protocol lets us check: function,
 * length, number of values, and for writes the echo of address and value.
 *
 * @param at where it begins in `bytes`; it is complete and `length` bytes long
 */
export function checkAnswerPdu(bytes: Uint8Array, at: number, length: number, request: PduRequest): AnswerCheck {
  const code = functionOf(request);
  if (bytes[at] === (code | EXCEPTION_BIT))
    return length === EXCEPTION_BYTES && bytes[at + 1] !== 0 ? bytes[at + 1]! : BAD_ANSWER;
  if (bytes[at] !== code) return BAD_ANSWER;
  if (request.kind === 'read') {
    const dataBytes = dataBytesOf(request);
    return bytes[at + 1] === dataBytes && length === READ_DATA_AT + dataBytes ? ANSWERED : BAD_ANSWER;
  }
  if (length !== echoBytesOf(code) || getU16(bytes, at + 1) !== request.address) return BAD_ANSWER;
  return getU16(bytes, at + 3) === echoOf(request) ? ANSWERED : BAD_ANSWER;
}

/** Bytes of values in the answer to a request; 0 for one that is answered by an echo. */
export const answerDataBytes = (request: PduRequest): number => (request.kind === 'read' ? dataBytesOf(request) : 0);

/** Length of the answer to a write, which repeats a part of the request; 0 for other functions. */
export const echoBytesOf = (code: number): number => (code === 5 || code === 6 || code === 15 || code === 16 ? 5 : 0);

export const getU16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

export function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}

/** What a device repeats in answer to a write: the value of a single one, the count of several. */
function echoOf(request: PduRequest): number {
  if (request.kind === 'read' || request.function > 6) return request.count;
  if (request.function === 5) return request.values[0] === 0 ? 0 : 0xff00;
  return request.values[0]!;
}

function dataBytesOf(request: PduRequest): number {
  return isBitTable(request.table) ? (request.count + 7) >> 3 : 2 * request.count;
}

function packBits(frame: Uint8Array, at: number, dataBytes: number, values: Uint16Array): void {
  frame.fill(0, at, at + dataBytes);
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) frame[at + (i >> 3)]! |= 1 << (i & 7);
}
