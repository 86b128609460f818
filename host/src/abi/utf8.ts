import { isUtf8 } from 'node:buffer';

// A byte order mark is a character like any other: two texts are the same only if their bytes are.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text in some bytes, or undefined when they are not UTF-8. Asked first and not caught: the engine needs as long to throw as for
 * decoding thousands of characters, and whoever hands over such bytes may do so in a loop.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? decoder.decode(bytes) : undefined;
}
