import { decodeUtf8 } from '../abi/utf8.ts';

/** What a JSON text may begin with: white space, or the first character of a value. */
const FIRST = new Set([...' \t\r\n{["-0123456789tfn'].map((character) => character.charCodeAt(0)));

/**
 * Whether a body is JSON in UTF-8. Its first byte is looked at before the rest is read: what is not JSON mostly fails there, and
 * to refuse a text costs the engine more than to read a short one.
 */
export function isJson(body: Uint8Array): boolean {
  if (body.byteLength === 0 || !FIRST.has(body[0] as number)) return false;
  const text = decodeUtf8(body);
  if (text === undefined) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
