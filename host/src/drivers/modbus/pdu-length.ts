import { answerDataBytes, echoBytesOf } from './answer-pdu.ts';
import { identificationPduBytes } from './identification-pdu.ts';
import { EXCEPTION_BIT, EXCEPTION_BYTES, MORE_BYTES, NO_PDU, READ_DATA_AT } from './pdu.ts';
import { functionOf, IDENTIFY, type PduRequest, READ_WRITE } from './request.ts';

/**
 * How long the answer to a request is that begins at `at`, where nothing else says it, or `NO_PDU` or `MORE_BYTES`.
 *
 * @param available bytes that have come from `at` on
 */
export function answerPduBytes(bytes: Uint8Array, at: number, available: number, request: PduRequest): number {
  if (available < 1) return MORE_BYTES;
  const code = functionOf(request);
  if (bytes[at] === (code | EXCEPTION_BIT)) return EXCEPTION_BYTES;
  if (bytes[at] !== code) return NO_PDU;
  if (request.kind === 'identify') return identificationPduBytes(bytes, at, available);
  const dataBytes = answerDataBytes(request);
  if (dataBytes === 0) return echoBytesOf(code);
  if (available < READ_DATA_AT) return MORE_BYTES;
  return bytes[at + 1] === dataBytes ? READ_DATA_AT + dataBytes : NO_PDU;
}

/** How long an answer is that begins at `at` and is not ours, as far as its function tells. */
export function foreignPduBytes(bytes: Uint8Array, at: number, available: number): number {
  if (available < 2) return MORE_BYTES;
  const code = bytes[at]!;
  if (code > EXCEPTION_BIT) return EXCEPTION_BYTES;
  if (code === IDENTIFY) return identificationPduBytes(bytes, at, available);
  const echoBytes = echoBytesOf(code);
  if (echoBytes > 0) return echoBytes;
  return (code >= 1 && code <= 4) || code === READ_WRITE ? READ_DATA_AT + bytes[at + 1]! : NO_PDU;
}
