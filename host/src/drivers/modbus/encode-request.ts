import { isBitTable } from './register-range.ts';
import { functionOf, type ModbusRequest } from './request.ts';
import { REQUEST_HEADER_BYTES, SUBSCRIBE } from './request-codec.ts';

/** Encodes a request for the device of that name: the inverse of `decodeModbusRequest`. For tools and tests. */
export function encodeModbusRequest(request: ModbusRequest, device: string): Uint8Array {
  const name = new TextEncoder().encode(device);
  const data = dataOf(request);
  const payload = new Uint8Array(REQUEST_HEADER_BYTES + data.length + name.length);
  const view = new DataView(payload.buffer);
  payload[0] = request.kind === 'subscribe' ? SUBSCRIBE : functionOf(request);
  payload[1] = name.length;
  if ('address' in request) view.setUint16(2, request.address, true);
  view.setUint16(4, countOf(request), true);
  if ('expiryMs' in request) view.setUint32(8, request.expiryMs, true);
  payload.set(data, REQUEST_HEADER_BYTES);
  payload.set(name, REQUEST_HEADER_BYTES + data.length);
  return payload;
}

function countOf(request: ModbusRequest): number {
  if (request.kind === 'subscribe') return request.poll.length;
  if (request.kind === 'identify') return request.level;
  return request.kind === 'mask-write' ? 1 : request.count;
}

function dataOf(request: ModbusRequest): Uint8Array {
  switch (request.kind) {
    case 'subscribe':
      return request.poll;
    case 'write':
      return isBitTable(request.table) ? Uint8Array.from(request.values) : littleEndian(request.values);
    case 'mask-write':
      return littleEndian([request.andMask, request.orMask]);
    case 'read-write':
      return littleEndian([request.writeAddress, request.values.length, ...request.values]);
    default:
      return new Uint8Array(0);
  }
}

const littleEndian = (values: ArrayLike<number>): Uint8Array =>
  Uint8Array.from(Array.from(values).flatMap((value) => [value & 0xff, value >> 8]));
