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

/** In the place of a length: no PDU of this kind begins here. */
export const NO_PDU = -1;
/** In the place of a length: it may begin here; more bytes must come to tell how long it is. */
export const MORE_BYTES = 0;

export const EXCEPTION_BIT = 0x80;
export const EXCEPTION_BYTES = 2;

export const getU16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

export function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}
