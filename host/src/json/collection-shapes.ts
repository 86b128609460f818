import { quote } from './node.ts';
import type { Place, Shape } from './shape.ts';

export interface NameRule {
  /** What a name is, as in `expected a name of ...`. */
  readonly expected: string;
  /** The whole name must match it. */
  readonly pattern: RegExp;
}

export interface RecordOptions {
  readonly name: NameRule;
  readonly max: number;
  /** What the entries are, in the plural. */
  readonly entries: string;
  /**
   * Each entry is a module or belongs to one: problems in it concern that module alone, and the record is decoded
   * without it.
   */
  readonly byModule?: boolean;
}

/** An object whose keys are names chosen by the author. The value has no prototype. */
export function record<T>(shape: Shape<T>, options: RecordOptions): Shape<Readonly<Record<string, T>>> {
  const { name, max, entries, byModule = false } = options;
  const expected = `an object of ${entries} by name`;
  return {
    expected,
    schema: {
      type: 'object',
      propertyNames: { pattern: name.pattern.source },
      maxProperties: max,
      additionalProperties: shape.schema,
    },
    decode(node, place) {
      if (node.kind !== 'object') return place.mismatch(node, expected);
      const value: Record<string, T> = Object.create(null);
      let good = withinMax(node.members.size, max, entries, place, node.offset);
      for (const [key, member] of [...node.members].slice(0, max)) {
        const at = place.at(key, member.value.offset);
        const inside = byModule ? at.ofModule(key) : at;
        const named = name.pattern.test(key);
        if (!named) inside.refuse(member.keyOffset, `expected ${name.expected}, got ${quote(key)}`);
        const decoded = shape.decode(member.value, inside);
        if (named && decoded !== undefined) value[key] = decoded;
        else if (!byModule) good = false;
      }
      return good ? value : undefined;
    },
  };
}

export interface ListOptions {
  readonly min?: number;
  readonly max: number;
  /** What the items are, in the plural. */
  readonly items: string;
}

/** A list whose items all have one shape. */
export function list<T>(shape: Shape<T>, { min = 0, max, items }: ListOptions): Shape<readonly T[]> {
  const expected = `a list of ${items}`;
  return {
    expected,
    schema: { type: 'array', items: shape.schema, ...(min > 0 ? { minItems: min } : {}), maxItems: max },
    decode(node, place) {
      if (node.kind !== 'array') return place.mismatch(node, expected);
      if (node.items.length < min) return place.mismatch(node, `${expected} with at least ${min}`);
      let good = withinMax(node.items.length, max, items, place, node.offset);
      const value: T[] = [];
      for (const [index, item] of node.items.slice(0, max).entries()) {
        const decoded = shape.decode(item, place.at(index, item.offset));
        if (decoded === undefined) good = false;
        else value.push(decoded);
      }
      return good ? value : undefined;
    },
  };
}

function withinMax(size: number, max: number, plural: string, place: Place, offset: number): boolean {
  if (size <= max) return true;
  place.refuse(offset, `expected at most ${max} ${plural}, got ${size}`);
  return false;
}
