import { quote } from './node.ts';
import type { Place, Shape } from './shape.ts';
import { suggest } from './suggestion.ts';
import type { JsonObject, JsonValue } from './value.ts';

type Presence = 'present' | 'absent' | 'unused';

/** A member of an object: what it must be, whether it must be there, and a sentence for editors. */
export interface Field<T, P extends Presence> {
  readonly shape: Shape<T>;
  readonly presence: P;
  readonly required: boolean;
  readonly fallback?: T;
  readonly text: string;
  /** Told when the member is there although nothing uses it. */
  readonly warning?: string;
}

export const required = <T>(shape: Shape<T>, text: string): Field<T, 'present'> => ({
  shape,
  presence: 'present',
  required: true,
  text,
});

export const withDefault = <T>(shape: Shape<T>, fallback: T, text: string): Field<T, 'present'> => ({
  shape,
  presence: 'present',
  required: false,
  fallback,
  text,
});

export const optional = <T>(shape: Shape<T>, text: string): Field<T, 'absent'> => ({
  shape,
  presence: 'absent',
  required: false,
  text,
});

/** Accepted for compatibility and left out of what is decoded. */
export const unused = <T>(shape: Shape<T>, text: string, warning?: string): Field<T, 'unused'> => ({
  shape,
  presence: 'unused',
  required: false,
  text,
  ...(warning === undefined ? {} : { warning }),
});

// biome-ignore lint/suspicious/noExplicitAny: the constraint of a type parameter; every use infers the real types
type AnyField = Field<any, Presence>;
export type Fields = Readonly<Record<string, AnyField>>;
type KeysOf<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K]['presence'] extends P ? K : never;
}[keyof F];
type ValueOf<F> = F extends Field<infer T, Presence> ? T : never;

export type Decoded<F extends Fields> = { readonly [K in KeysOf<F, 'present'>]: ValueOf<F[K]> } & {
  readonly [K in KeysOf<F, 'absent'>]?: ValueOf<F[K]>;
};

export interface ObjectOptions {
  /** What it is, with its article; `an object` unless given. */
  readonly expected?: string;
  /** Keys that are accepted besides the fields, and not used. */
  readonly unusedKeys?: RegExp;
}

/** An object with the given members and no others. All members are looked at, also when one is wrong. */
export function object<F extends Fields>(fields: F, options: ObjectOptions = {}): Shape<Decoded<F>> {
  const expected = options.expected ?? 'an object';
  const known = Object.keys(fields);
  return {
    expected,
    schema: schemaOf(fields, options.unusedKeys),
    decode(node, place) {
      if (node.kind !== 'object') return place.mismatch(node, expected);
      const value: Record<string, unknown> = {};
      let good = true;
      for (const [key, member] of node.members) {
        const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
        const at = place.at(key, member.value.offset);
        if (field === undefined) {
          if (options.unusedKeys?.test(key)) continue;
          refuseUnknown({ key, known, present: node.members, place: at, offset: member.keyOffset });
          good = false;
          continue;
        }
        const decoded = field.shape.decode(member.value, at);
        if (decoded === undefined) good = false;
        if (field.presence !== 'unused') value[key] = decoded;
        else if (field.warning !== undefined) at.warn(member.keyOffset, field.warning);
      }
      for (const [key, field] of Object.entries(fields)) {
        if (node.members.has(key)) continue;
        if (field.required) {
          place.at(key, node.offset).refuse(node.offset, `${quote(key)} is missing; expected ${field.shape.expected}`);
          good = false;
        } else if (field.presence === 'present') value[key] = field.fallback;
      }
      return good ? (value as Decoded<F>) : undefined;
    },
  };
}

const KNOWN_LISTED_MAX = 10;

interface UnknownKey {
  readonly key: string;
  readonly known: readonly string[];
  readonly present: ReadonlyMap<string, unknown>;
  readonly place: Place;
  readonly offset: number;
}

function refuseUnknown({ key, known, present, place, offset }: UnknownKey): void {
  const free = place.log.isFull ? [] : known.filter((name) => !present.has(name));
  const hint = suggest(key, free) || (known.length <= KNOWN_LISTED_MAX ? `; known are ${known.join(', ')}` : '');
  place.refuse(offset, `unknown key ${quote(key)}${hint}`);
}

function schemaOf(fields: Fields, unusedKeys: RegExp | undefined): JsonObject {
  const properties: Record<string, JsonValue> = {};
  for (const [key, { shape, text, fallback }] of Object.entries(fields)) {
    const simple = fallback !== null && typeof fallback === 'object' && Object.keys(fallback).length > 0;
    const preset = fallback === undefined || simple ? {} : { default: fallback as JsonValue };
    properties[key] = { description: text, ...shape.schema, ...preset };
  }
  const names = Object.keys(fields).filter((key) => fields[key]!.required);
  return {
    type: 'object',
    properties,
    ...(unusedKeys === undefined ? {} : { patternProperties: { [unusedKeys.source]: {} } }),
    ...(names.length === 0 ? {} : { required: names }),
    additionalProperties: false,
  };
}
