import { isIdentification, OBJECTS_AT } from './identification-pdu.ts';
import {
  ANSWERED,
  type AnswerCheck,
  BAD_ANSWER,
  EXCEPTION_BIT,
  EXCEPTION_BYTES,
  getU16,
  PDU_MAX_BYTES,
  READ_DATA_AT,
} from './pdu.ts';
import { isBitTable } from './register-range.ts';
import { functionOf, MASK_WRITE, type PduRequest, type WriteRequest } from './request.ts';
import { singleValue } from './request-pdu.ts';

/**
 * Compares a PDU with the request that it may answer. Everything is checked that the protocol lets us check: function,
 * length, number of values, for writes the echo of what was sent, for an identification every object.
 *
 * @param at where it begins in `bytes`; it is complete and `length` bytes long
 */
export function checkAnswerPdu(bytes: Uint8Array, at: number, length: number, request: PduRequest): AnswerCheck {
  const code = functionOf(request);
  if (bytes[at] === (code | EXCEPTION_BIT))
    return length === EXCEPTION_BYTES && bytes[at + 1] !== 0 ? bytes[at + 1]! : BAD_ANSWER;
  return bytes[at] === code && isAnswer(bytes, at, length, request) ? ANSWERED : BAD_ANSWER;
}

/** Most bytes that an answer has behind function and byte count; 0 for one that only repeats the request. */
export function answerDataBytes(request: PduRequest): number {
  switch (request.kind) {
    case 'read':
      return isBitTable(request.table) ? (request.count + 7) >> 3 : 2 * request.count;
    case 'read-write':
      return 2 * request.count;
    case 'identify':
      return PDU_MAX_BYTES - OBJECTS_AT;
    default:
      return 0;
  }
}

/** Length of the answer to a function that repeats a part of the request; 0 for other functions. */
export function echoBytesOf(code: number): number {
  if (code === MASK_WRITE) return 7;
  return code === 5 || code === 6 || code === 15 || code === 16 ? 5 : 0;
}

function isAnswer(bytes: Uint8Array, at: number, length: number, request: PduRequest): boolean {
  switch (request.kind) {
    case 'read':
    case 'read-write': {
      const dataBytes = answerDataBytes(request);
      return bytes[at + 1] === dataBytes && length === READ_DATA_AT + dataBytes;
    }
    case 'write':
      return length === 5 && getU16(bytes, at + 1) === request.address && getU16(bytes, at + 3) === echoOf(request);
    case 'mask-write':
      return (
        length === 7 &&
        getU16(bytes, at + 1) === request.address &&
        getU16(bytes, at + 3) === request.andMask &&
        getU16(bytes, at + 5) === request.orMask
      );
    case 'identify':
      return isIdentification(bytes, at, length, request);
    default:
      return request satisfies never;
  }
}

/** What a device repeats in answer to a write: the value of a single one, the count of several. */
const echoOf = (request: WriteRequest): number => (request.function > 6 ? request.count : singleValue(request));
