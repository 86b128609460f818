import * as host from './imports/kv';
import { decode, encode, encodeToScratch, scratchOf } from './utf8';

/**
 * State that outlives the instance and belongs to the event's transaction [ABI-4.10]. Needs the grant `kv`. Keys are 1 to
 * 256 bytes of UTF-8, values 0 to 65,536 bytes. Setting returns `Ok`, or `Limit` when the sum of all entries would be more
 * than the grant.
 *
 * ```ts
 * import { kv } from '@gatehouse/sdk';
 *
 * export function count(): f64 {
 *   const next = kv.getNumber('count') + 1;
 *   kv.setNumber('count', next);
 *   return next;
 * }
 *
 * export function remember(name: string, image: Uint8Array): void {
 *   if (kv.getText('name') != name) kv.setText('name', name);
 *   const before = kv.getBytes('image');
 *   if (before === null || before.length != image.length) kv.setBytes('image', image);
 *   kv.remove('draft');
 * }
 * ```
 */
export namespace kv {
  /** The value as bytes, a copy, or null if there is none. */
  export function getBytes(key: string): Uint8Array | null {
    const bytes = fetch(key);
    if (bytes < 0) return null;
    const value = new Uint8Array(bytes);
    memory.copy(value.dataStart, scratchOf(0) + valueOffset, bytes);
    return value;
  }

  /** The value as text, or null if there is none. */
  export function getText(key: string): string | null {
    const bytes = fetch(key);
    return bytes < 0 ? null : decode(scratchOf(0) + valueOffset, bytes);
  }

  /** The value as a number that `setNumber` wrote, or `otherwise` if there is none or it is something else. */
  export function getNumber(key: string, otherwise: f64 = 0): f64 {
    return fetch(key) == 8 ? load<f64>(scratchOf(0) + valueOffset) : otherwise;
  }

  /** Writes bytes. */
  export function setBytes(key: string, value: Uint8Array): i32 {
    const keyBytes = encodeToScratch(key);
    return host.set(scratchOf(0), keyBytes, value.dataStart, value.byteLength);
  }

  /** Writes a text as UTF-8. */
  export function setText(key: string, value: string): i32 {
    const room = scratchOf((key.length + value.length) * 3);
    const keyBytes = encode(key, room);
    return host.set(room, keyBytes, room + keyBytes, encode(value, room + keyBytes));
  }

  /** Writes a number, exactly, as 8 bytes. */
  export function setNumber(key: string, value: f64): i32 {
    const room = scratchOf(key.length * 3 + 8);
    const keyBytes = encode(key, room);
    store<f64>(room + keyBytes, value);
    return host.set(room, keyBytes, room + keyBytes, 8);
  }

  /** Removes an entry. `NotFound` if there was none. */
  export function remove(key: string): i32 {
    const keyBytes = encodeToScratch(key);
    return host.remove(scratchOf(0), keyBytes);
  }
}

/** Where `fetch` left the value, from the beginning of the scratch memory. */
let valueOffset: usize = 0;

function fetch(key: string): i32 {
  let capacity: i32 = 64;
  while (true) {
    const room = scratchOf(key.length * 3 + capacity);
    const keyBytes = encode(key, room);
    valueOffset = keyBytes;
    const bytes = host.get(room, keyBytes, room + keyBytes, capacity);
    if (bytes <= capacity) return bytes;
    capacity = bytes;
  }
}
