import { HTTP_LIMITS } from './limits.ts';
import { HTTP_METHODS, HTTP_SCHEMES, type HttpRequest } from './request.ts';
import { isHeaderName, isHeaderValue, isHost, isPath, isSame } from './text-rules.ts';

// The request of a module, little-endian, as docs/http.md has it:
//
//  0        1        2      4        6        8         10    12           16        20
//  +--------+--------+------+--------+--------+---------+-----+------------+---------+------+------+---------+------+
//  | method | scheme | port | host   | path   | headers | 0   | timeout ms | body    | host | path | headers | body |
//  | u8     | u8     | u16  | bytes  | bytes  | bytes   | u16 | u32        | bytes   |      |      |         |      |
//  |        |        |      | u16    | u16    | u16     |     |            | u32     |      |      |         |      |
//  +--------+--------+------+--------+--------+---------+-----+------------+---------+------+------+---------+------+
//
// headers   one after the other: bytes of the name u16, bytes of the value u16, name, value

export const HTTP_HEAD_BYTES = 20;

/** Longest request that is well-formed. */
export const HTTP_REQUEST_BYTES =
  HTTP_HEAD_BYTES + HTTP_LIMITS.hostBytes + HTTP_LIMITS.pathBytes + HTTP_LIMITS.headersBytes + HTTP_LIMITS.requestBytes;

const u16 = (payload: Uint8Array, at: number): number => payload[at]! | (payload[at + 1]! << 8);
const u32 = (payload: Uint8Array, at: number): number => (u16(payload, at) | (u16(payload, at + 2) << 16)) >>> 0;

export const methodAt = (payload: Uint8Array): number => payload[0]!;
export const schemeAt = (payload: Uint8Array): number => payload[1]!;
export const portAt = (payload: Uint8Array): number => u16(payload, 2);
export const hostBytesAt = (payload: Uint8Array): number => u16(payload, 4);
export const pathBytesAt = (payload: Uint8Array): number => u16(payload, 6);
export const headersBytesAt = (payload: Uint8Array): number => u16(payload, 8);
export const timeoutAt = (payload: Uint8Array): number => u32(payload, 12);
export const bodyBytesAt = (payload: Uint8Array): number => u32(payload, 16);
export const pathStart = (payload: Uint8Array): number => HTTP_HEAD_BYTES + hostBytesAt(payload);
export const headersStart = (payload: Uint8Array): number => pathStart(payload) + pathBytesAt(payload);
export const headersEnd = (payload: Uint8Array): number => headersStart(payload) + headersBytesAt(payload);
/** Of the header that begins at `at`. */
export const nameBytesAt = (payload: Uint8Array, at: number): number => u16(payload, at);
export const nextHeader = (payload: Uint8Array, at: number): number => at + 4 + u16(payload, at) + u16(payload, at + 2);

/** Whether the payload follows the layout and its rules in every field. Allocates nothing, and does not look at the body. */
export function isWellFormed(payload: Uint8Array): boolean {
  if (payload.length < HTTP_HEAD_BYTES || u16(payload, 10) !== 0) return false;
  const method = methodAt(payload);
  if (method < 1 || method > HTTP_METHODS.length) return false;
  if (schemeAt(payload) < 1 || schemeAt(payload) > HTTP_SCHEMES.length || portAt(payload) === 0) return false;
  const bodyBytes = bodyBytesAt(payload);
  // GET and HEAD have none: what a server makes of it would be anybody's guess.
  if (bodyBytes > HTTP_LIMITS.requestBytes || (method <= 2 && bodyBytes > 0)) return false;
  if (payload.length !== headersEnd(payload) + bodyBytes) return false;
  return (
    isHost(payload, HTTP_HEAD_BYTES, pathStart(payload)) &&
    isPath(payload, pathStart(payload), headersStart(payload)) &&
    areHeaders(payload, headersStart(payload), headersEnd(payload))
  );
}

/** Decodes a request; undefined when it is not well-formed. What it returns shares no memory with the payload. */
export function decodeHttpRequest(payload: Uint8Array): HttpRequest | undefined {
  if (!isWellFormed(payload)) return undefined;
  const text = (start: number, end: number): string => Buffer.from(payload.subarray(start, end)).toString('latin1');
  const headers: [string, string][] = [];
  const end = headersEnd(payload);
  for (let at = headersStart(payload); at < end; at = nextHeader(payload, at)) {
    const value = at + 4 + nameBytesAt(payload, at);
    headers.push([text(at + 4, value), text(value, nextHeader(payload, at))]);
  }
  return {
    method: HTTP_METHODS[methodAt(payload) - 1]!,
    scheme: HTTP_SCHEMES[schemeAt(payload) - 1]!,
    host: text(HTTP_HEAD_BYTES, pathStart(payload)),
    port: portAt(payload),
    path: text(pathStart(payload), headersStart(payload)),
    headers,
    timeoutMs: timeoutAt(payload),
    body: payload.slice(end),
  };
}

/**
 * Encodes a request: the inverse of `decodeHttpRequest`. What does not fit the layout gives something that is not
 * well-formed.
 */
export function encodeHttpRequest(request: HttpRequest): Uint8Array {
  const encoder = new TextEncoder();
  const host = encoder.encode(request.host);
  const path = encoder.encode(request.path);
  const headers = Buffer.concat(request.headers.map(([name, value]) => encodeHeader(name, value)));
  if (host.length > 0xffff || path.length > 0xffff || headers.length > 0xffff) return new Uint8Array();
  const payload = new Uint8Array(HTTP_HEAD_BYTES + host.length + path.length + headers.length + request.body.length);
  const view = new DataView(payload.buffer);
  payload[0] = HTTP_METHODS.indexOf(request.method) + 1;
  payload[1] = HTTP_SCHEMES.indexOf(request.scheme) + 1;
  view.setUint16(2, request.port, true);
  view.setUint16(4, host.length, true);
  view.setUint16(6, path.length, true);
  view.setUint16(8, headers.length, true);
  view.setUint32(12, request.timeoutMs, true);
  view.setUint32(16, request.body.length, true);
  payload.set(host, HTTP_HEAD_BYTES);
  payload.set(path, pathStart(payload));
  payload.set(headers, headersStart(payload));
  payload.set(request.body, headersEnd(payload));
  return payload;
}

/** One header of a request or of an answer. */
export function encodeHeader(name: string, value: string): Uint8Array {
  const nameBytes = Buffer.byteLength(name);
  const header = Buffer.alloc(4 + nameBytes + Buffer.byteLength(value));
  header.writeUInt16LE(nameBytes, 0);
  header.writeUInt16LE(Math.min(header.length - 4 - nameBytes, 0xffff), 2);
  header.write(name, 4);
  header.write(value, 4 + nameBytes);
  return header;
}

function areHeaders(payload: Uint8Array, start: number, end: number): boolean {
  if (end - start > HTTP_LIMITS.headersBytes) return false;
  let count = 0;
  for (let at = start; at < end; at = nextHeader(payload, at)) {
    if (++count > HTTP_LIMITS.headers || at + 4 > end) return false;
    const next = nextHeader(payload, at);
    const value = at + 4 + nameBytesAt(payload, at);
    if (next > end || !isHeaderName(payload, at + 4, value) || !isHeaderValue(payload, value, next)) return false;
    for (let other = start; other < at; other = nextHeader(payload, other)) {
      const length = nameBytesAt(payload, other);
      if (length === value - at - 4 && isSame(payload, at + 4, payload, other + 4, length)) return false;
    }
  }
  return true;
}
