import { HTTP_LIMITS } from './limits.ts';
import { encodeHeader } from './request-codec.ts';

// The payload of an answer, little-endian, as docs/http.md has it:
//
//  0           2       4            8
//  +-----------+-------+------------+---------+------+
//  | headers   | 0 u16 | body bytes | headers | body |
//  | bytes u16 |       | u32        |         |      |
//  +-----------+-------+------------+---------+------+

const HEAD_BYTES = 8;

/** Headers of an answer that a module gets, in this order. */
export const ANSWER_HEADERS = ['content-type', 'content-encoding', 'location', 'retry-after', 'date'] as const;

export type AnswerHeaders = readonly (readonly [name: string, value: string])[];

const HEADERS_BYTES = ANSWER_HEADERS.reduce((sum, name) => sum + 4 + name.length + HTTP_LIMITS.answerHeaderBytes, 0);

/** Most bytes of an answer with such a body. */
export const answerPayloadBytes = (bodyBytes: number): number => HEAD_BYTES + HEADERS_BYTES + bodyBytes;

/** Those headers that a module gets; one that is longer than it may be is left out. */
export function selectHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): AnswerHeaders {
  return ANSWER_HEADERS.flatMap((name) => {
    const value = headers[name];
    const isGiven = typeof value === 'string' && Buffer.byteLength(value) <= HTTP_LIMITS.answerHeaderBytes;
    return isGiven ? [[name, value] as const] : [];
  });
}

export function encodeAnswer(headers: AnswerHeaders, body: Uint8Array): Uint8Array {
  const block = Buffer.concat(headers.map(([name, value]) => encodeHeader(name, value)));
  const payload = new Uint8Array(HEAD_BYTES + block.length + body.length);
  const view = new DataView(payload.buffer);
  view.setUint16(0, block.length, true);
  view.setUint32(4, body.length, true);
  payload.set(block, HEAD_BYTES);
  payload.set(body, HEAD_BYTES + block.length);
  return payload;
}

/** Decodes what `encodeAnswer` has encoded; undefined for anything else. */
export function decodeAnswer(payload: Uint8Array): { headers: AnswerHeaders; body: Uint8Array } | undefined {
  if (payload.length < HEAD_BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = HEAD_BYTES + view.getUint16(0, true);
  if (view.getUint16(2, true) !== 0 || payload.length !== end + view.getUint32(4, true)) return undefined;
  const text = (from: number, to: number): string => Buffer.from(payload.subarray(from, to)).toString();
  const headers: [string, string][] = [];
  for (let at = HEAD_BYTES; at < end; ) {
    if (at + 4 > end) return undefined;
    const value = at + 4 + view.getUint16(at, true);
    const next = value + view.getUint16(at + 2, true);
    if (next > end) return undefined;
    headers.push([text(at + 4, value), text(value, next)]);
    at = next;
  }
  return { headers, body: payload.slice(end) };
}
