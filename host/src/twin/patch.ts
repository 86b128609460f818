import type { JsonObject, JsonValue } from '../json/value.ts';
import { ABI_LIMITS } from '../limits.ts';

export type PatchFault = { readonly kind: 'invalid' | 'limit'; readonly path: string; readonly expected: string };

const MAX_INTEGER = 4_503_599_627_370_495;
/** Characters of a section as JSON text: empty texts, lists and objects count as nothing there, but not in memory. */
const SECTION_CHARACTERS = 4 * ABI_LIMITS.twinSectionBytes;
/** Half a surrogate pair is no character: no hub can store it, and two such keys are one once they are bytes. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a parsed JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Merges a twin patch into a copy of a section: objects merge member by member, `null` removes, anything else replaces.
 * The members of `section` that the patch does not touch are shared with the result.
 */
export function mergePatch(section: JsonObject, patch: JsonObject): JsonObject {
  const merged: { [key: string]: JsonValue } = { ...section };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (isJsonObject(value)) {
      const before = merged[key];
      merged[key] = mergePatch(isJsonObject(before) ? before : {}, value);
    } else merged[key] = value;
  }
  return merged;
}

/** What is wrong with a twin patch by the rules of an IoT Hub twin, or undefined. Sizes as in `docs/limits.md`. */
export function findPatchFault(patch: unknown, path = '', depth = 1): PatchFault | undefined {
  if (!isJsonObject(patch)) return fault('invalid', path, 'a JSON object');
  if (depth > ABI_LIMITS.twinDepth) return fault('limit', path, `at most ${ABI_LIMITS.twinDepth} levels`);
  for (const [key, value] of Object.entries(patch)) {
    const place = path === '' ? key : `${path}.${key}`;
    const found = findKeyFault(key, place) ?? findValueFault(value, place, depth, false);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findKeyFault(key: string, path: string): PatchFault | undefined {
  if (Buffer.byteLength(key) > ABI_LIMITS.twinKeyBytes)
    return fault('limit', path, `a key of at most ${ABI_LIMITS.twinKeyBytes} bytes`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: twin keys exclude exactly these
  if (key === '' || key === '__proto__' || LONE_SURROGATE.test(key) || /[\u0000-\u001f\u007f-\u009f.$#\s]/.test(key))
    return fault('invalid', path, 'a key without white space, control characters, ".", "$" and "#"');
  return undefined;
}

function findValueFault(value: JsonValue, path: string, depth: number, inArray: boolean): PatchFault | undefined {
  if (value === null) return inArray ? fault('invalid', path, 'no null inside an array') : undefined;
  if (typeof value === 'string') return findTextFault(value, path);
  if (typeof value === 'number') return findNumberFault(value, path);
  if (typeof value === 'boolean') return undefined;
  if (!Array.isArray(value)) return findPatchFault(value, path, depth + 1);
  if (depth + 1 > ABI_LIMITS.twinDepth) return fault('limit', path, `at most ${ABI_LIMITS.twinDepth} levels`);
  for (const [index, item] of value.entries()) {
    const found = findValueFault(item, `${path}[${index}]`, depth + 1, true);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findTextFault(value: string, path: string): PatchFault | undefined {
  if (LONE_SURROGATE.test(value)) return fault('invalid', path, 'text without half a surrogate pair');
  return Buffer.byteLength(value) > ABI_LIMITS.twinValueBytes
    ? fault('limit', path, `text of at most ${ABI_LIMITS.twinValueBytes} bytes`)
    : undefined;
}

function findNumberFault(value: number, path: string): PatchFault | undefined {
  // Text such as 1e999 is read as infinity, which no JSON text can say again.
  if (!Number.isFinite(value)) return fault('invalid', path, 'a number of 64 bits');
  const isTooLarge = Number.isInteger(value) && Math.abs(value) > MAX_INTEGER;
  return isTooLarge ? fault('invalid', path, 'an integer of at most 52 bits') : undefined;
}

function fault(kind: PatchFault['kind'], path: string, expected: string): PatchFault {
  return { kind, path, expected };
}

/** Whether a section is within the limits of its size, by what IoT Hub counts and by what it takes in memory. */
export function isSectionInLimits(section: JsonObject): boolean {
  return sectionCharacters(section) !== undefined;
}

/** Characters of a section as JSON text; undefined if it is not within the limits. */
export function sectionCharacters(section: JsonObject): number | undefined {
  if (sectionBytes(section) > ABI_LIMITS.twinSectionBytes) return undefined;
  const { length } = JSON.stringify(section);
  return length <= SECTION_CHARACTERS ? length : undefined;
}

/** Size of a twin section as IoT Hub counts it: keys and text as UTF-8, numbers 8 bytes, booleans 4. */
export function sectionBytes(value: JsonValue): number {
  if (value === null) return 0;
  if (typeof value === 'number') return 8;
  if (typeof value === 'boolean') return 4;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sectionBytes(item), 0);
  let bytes = 0;
  for (const [key, item] of Object.entries(value)) bytes += Buffer.byteLength(key) + sectionBytes(item);
  return bytes;
}
