import type { JsonValue } from '../json/value.ts';

const DECODERS: ReadonlyMap<string, (body: Uint8Array) => string> = new Map([
  ['utf-8', textDecoder('utf-8')],
  ['utf-16', textDecoder('utf-16le')],
  ['utf-32', decodeUtf32],
]);

/**
 * The JSON value of a body as routes see it. Undefined unless the content type is `application/json` and the content encoding
 * `utf-8`, `utf-16` or `utf-32` (both of these with the low byte first), in any case, and the bytes are what this says.
 */
export function decodeRouteBody(
  body: Uint8Array,
  contentType: string | undefined,
  contentEncoding: string | undefined,
): JsonValue | undefined {
  if (contentType?.toLowerCase() !== 'application/json') return undefined;
  const decode = DECODERS.get(contentEncoding?.toLowerCase() ?? '');
  if (decode === undefined) return undefined;
  try {
    return JSON.parse(decode(body)) as JsonValue;
  } catch {
    return undefined;
  }
}

function textDecoder(encoding: string): (body: Uint8Array) => string {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (body) => decoder.decode(body);
}

function decodeUtf32(body: Uint8Array): string {
  if (body.byteLength % 4 !== 0) throw new RangeError('not a whole number of characters');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let text = '';
  for (let at = 0; at < body.byteLength; at += 4) text += String.fromCodePoint(view.getUint32(at, true));
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
