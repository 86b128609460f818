import {
  describeNode,
  type JsonNode,
  type JsonObject,
  jsonObject,
  object,
  type Place,
  quote,
  required,
  type Shape,
} from '../json/index.ts';
import { ABI_LIMITS } from '../limits.ts';
import { sectionBytes } from '../twin/patch.ts';

const INTEGER_MAX = 4_503_599_627_370_495;
const BAD_KEY = /[\s.$#\p{Cc}]/u;

/** Desired properties by the rules of an IoT Hub twin, so that every hub can hold them. */
const desired: Shape<JsonObject> = {
  expected: 'an object of desired properties',
  schema: { type: 'object' },
  decode(node, place) {
    if (node.kind !== 'object') return place.mismatch(node, desired.expected);
    if (!isTwinValue(node, place, 0)) return undefined;
    const value = jsonObject(node);
    const bytes = sectionBytes(value);
    if (bytes <= ABI_LIMITS.twinSectionBytes) return value;
    const message = `expected at most ${ABI_LIMITS.twinSectionBytes} bytes of properties, got ${bytes}`;
    return place.withCode('LIMIT_TWIN').refuse(node.offset, message);
  },
};

/** The twin of one module as a deployment has it. */
export const twinShape: Shape<{ readonly 'properties.desired': JsonObject }> = object({
  'properties.desired': required(desired, 'Desired properties of the module.'),
});

function isTwinValue(node: JsonNode, place: Place, depth: number): boolean {
  const limit = place.withCode('LIMIT_TWIN');
  switch (node.kind) {
    case 'boolean':
      return true;
    case 'null':
      place.refuse(node.offset, 'expected a value, got null; leave the property out instead');
      return false;
    case 'number':
      if (!Number.isInteger(node.value) || Math.abs(node.value) <= INTEGER_MAX) return true;
      place.mismatch(node, `a whole number from -${INTEGER_MAX} to ${INTEGER_MAX}`);
      return false;
    case 'string': {
      const bytes = Buffer.byteLength(node.value);
      if (bytes <= ABI_LIMITS.twinValueBytes) return true;
      limit.refuse(node.offset, `expected a text of at most ${ABI_LIMITS.twinValueBytes} bytes, got ${bytes}`);
      return false;
    }
    case 'array':
    case 'object':
      if (depth < ABI_LIMITS.twinDepth) return areTwinMembers(node, place, depth + 1);
      limit.refuse(
        node.offset,
        `expected at most ${ABI_LIMITS.twinDepth} levels, got ${describeNode(node)} below them`,
      );
      return false;
    default:
      return node satisfies never;
  }
}

function areTwinMembers(node: JsonNode & { kind: 'array' | 'object' }, place: Place, depth: number): boolean {
  let good = true;
  if (node.kind === 'array') {
    for (const [index, item] of node.items.entries()) {
      good = isTwinValue(item, place.at(index, item.offset), depth) && good;
    }
    return good;
  }
  for (const [key, { keyOffset, value }] of node.members) {
    const at = place.at(key, value.offset);
    good = isTwinKey(key, at, keyOffset) && good;
    good = isTwinValue(value, at, depth) && good;
  }
  return good;
}

function isTwinKey(key: string, place: Place, offset: number): boolean {
  if (key === '' || BAD_KEY.test(key)) {
    place.refuse(offset, `expected a key without ".", "$", "#", white space and control characters, got ${quote(key)}`);
    return false;
  }
  const bytes = Buffer.byteLength(key);
  if (bytes <= ABI_LIMITS.twinKeyBytes) return true;
  place
    .withCode('LIMIT_TWIN')
    .refuse(offset, `expected a key of at most ${ABI_LIMITS.twinKeyBytes} bytes, got ${bytes}`);
  return false;
}
