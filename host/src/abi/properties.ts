import { ABI_LIMITS } from '../limits.ts';
import { decodeUtf8 } from './utf8.ts';

export type Property = readonly [key: string, value: string];

const encoder = new TextEncoder();

/** System properties that a module may set itself; the host stamps the rest [ABI-4.5]. */
const SETTABLE = new Set(['$.ct', '$.ce', '$.cid', '$.uid', '$.to', '$.exp', '$.ctime', '$.schema', '$.ifid', '$.sub']);

/**
 * Decodes a property block [ABI-4.5]. Returns undefined when it breaks a rule: lengths that do not add up, text that is
 * not UTF-8, an empty or repeated key, too many entries, a system property that only the host may set.
 * @param isJson the message says by its flag that it is JSON, so the block may not say so too
 */
export function decodeProperties(block: Uint8Array, isJson: boolean): Property[] | undefined {
  if (block.byteLength > ABI_LIMITS.propertiesBytes) return undefined;
  const properties: Property[] = [];
  const keys = new Set<string>();
  let at = 0;
  while (at < block.byteLength) {
    if (at + 4 > block.byteLength || properties.length === ABI_LIMITS.propertyEntries) return undefined;
    const keyBytes = (block[at] as number) | ((block[at + 1] as number) << 8);
    const valueBytes = (block[at + 2] as number) | ((block[at + 3] as number) << 8);
    const keyAt = at + 4;
    const valueAt = keyAt + keyBytes;
    at = valueAt + valueBytes;
    if (keyBytes === 0 || at > block.byteLength) return undefined;
    const key = decodeUtf8(block.subarray(keyAt, valueAt));
    const value = decodeUtf8(block.subarray(valueAt, at));
    if (key === undefined || value === undefined || keys.has(key) || !isAllowed(key, isJson)) return undefined;
    keys.add(key);
    properties.push([key, value]);
  }
  return properties;
}

function isAllowed(key: string, isJson: boolean): boolean {
  if (!key.startsWith('$.')) return true;
  return SETTABLE.has(key) && !(isJson && (key === '$.ct' || key === '$.ce'));
}

/** Encodes a property block [ABI-4.5]. Keys and values must be shorter than 65,536 bytes. */
export function encodeProperties(properties: readonly Property[]): Uint8Array {
  const parts = properties.map(([key, value]) => [encoder.encode(key), encoder.encode(value)] as const);
  const block = new Uint8Array(parts.reduce((sum, [key, value]) => sum + 4 + key.byteLength + value.byteLength, 0));
  const view = new DataView(block.buffer);
  let at = 0;
  for (const [key, value] of parts) {
    view.setUint16(at, key.byteLength, true);
    view.setUint16(at + 2, value.byteLength, true);
    block.set(key, at + 4);
    block.set(value, at + 4 + key.byteLength);
    at += 4 + key.byteLength + value.byteLength;
  }
  return block;
}
