import { READ_IDENTIFICATION } from './identification-pdu.ts';
import { putU16 } from './pdu.ts';
import { isBitTable } from './register-range.ts';
import { functionOf, type PduRequest, type WriteRequest } from './request.ts';

/** Writes a request at `at` of `frame` and returns where it ends. */
export function writeRequestPdu(frame: Uint8Array, at: number, request: PduRequest): number {
  frame[at] = functionOf(request);
  switch (request.kind) {
    case 'read':
      return putFields(frame, at + 1, request.address, request.count);
    case 'write':
      return putWrite(frame, at + 1, request);
    case 'mask-write':
      return putFields(frame, at + 1, request.address, request.andMask, request.orMask);
    case 'read-write': {
      const end = putFields(frame, at + 1, request.address, request.count, request.writeAddress, request.values.length);
      return putRegisters(frame, end, request.values);
    }
    case 'identify':
      frame[at + 1] = READ_IDENTIFICATION;
      frame[at + 2] = request.level;
      frame[at + 3] = request.objectId;
      return at + 4;
    default:
      return request satisfies never;
  }
}

/** What a write of one value says of it, and what a device repeats: a coil is on with ff00. */
export const singleValue = ({ function: code, values }: WriteRequest): number =>
  code === 5 ? (values[0] === 0 ? 0 : 0xff00) : values[0]!;

function putWrite(frame: Uint8Array, at: number, request: WriteRequest): number {
  const { address, count, values, table } = request;
  if (request.function <= 6) return putFields(frame, at, address, singleValue(request));
  const end = putFields(frame, at, address, count);
  return isBitTable(table) ? putBits(frame, end, values) : putRegisters(frame, end, values);
}

function putFields(frame: Uint8Array, at: number, first: number, second: number, third = -1, fourth = -1): number {
  putU16(frame, at, first);
  putU16(frame, at + 2, second);
  if (third >= 0) putU16(frame, at + 4, third);
  if (fourth >= 0) putU16(frame, at + 6, fourth);
  return at + (fourth >= 0 ? 8 : third >= 0 ? 6 : 4);
}

/** Byte count and registers. */
function putRegisters(frame: Uint8Array, at: number, values: Uint16Array): number {
  frame[at] = 2 * values.length;
  for (let i = 0; i < values.length; i++) putU16(frame, at + 1 + 2 * i, values[i]!);
  return at + 1 + 2 * values.length;
}

/** Byte count and bits, the first in the lowest place. */
function putBits(frame: Uint8Array, at: number, values: Uint16Array): number {
  const dataBytes = (values.length + 7) >> 3;
  frame[at] = dataBytes;
  frame.fill(0, at + 1, at + 1 + dataBytes);
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) frame[at + 1 + (i >> 3)]! |= 1 << (i & 7);
  return at + 1 + dataBytes;
}
