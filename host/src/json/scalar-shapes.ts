import { describeNode, type JsonNode } from './node.ts';
import type { Shape } from './shape.ts';
import { suggest } from './suggestion.ts';
import type { JsonObject } from './value.ts';

export interface TextOptions {
  /** What it is, in the singular with its article; `a text` unless given. */
  readonly expected?: string;
  /** The whole text must match it. */
  readonly pattern?: RegExp;
  /** Most UTF-8 bytes; 4,096 unless given. */
  readonly maxBytes?: number;
  /** Never repeat the value in a message. */
  readonly secret?: boolean;
}

const CONTROL = /\p{Cc}/u;

/** A text of at least one character and without control characters. */
export function text(options: TextOptions = {}): Shape<string> {
  const { expected = 'a text', pattern, maxBytes = 4096, secret = false } = options;
  return {
    expected,
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: maxBytes,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    },
    decode(node, place) {
      const refuse = (hint = '') =>
        secret
          ? place.refuse(node.offset, `expected ${expected}, got ${secretKind(node)}${hint}`)
          : place.mismatch(node, expected, hint);
      if (node.kind !== 'string') return refuse();
      if (node.value === '') return place.refuse(node.offset, `expected ${expected}, got an empty text`);
      if (CONTROL.test(node.value)) return refuse(' with a control character');
      if (pattern !== undefined && !pattern.test(node.value)) return refuse();
      const bytes = Buffer.byteLength(node.value);
      if (bytes > maxBytes) return refuse(` of ${bytes} bytes; at most ${maxBytes} are allowed`);
      return node.value;
    },
  };
}

const secretKind = (node: JsonNode): string =>
  node.kind === 'string' ? 'another text' : node.kind === 'number' ? 'a number' : describeNode(node);

/** Any text, also an empty one or one of several lines. */
export function freeText({ maxBytes }: { readonly maxBytes: number }): Shape<string> {
  return {
    expected: 'a text',
    schema: { type: 'string', maxLength: maxBytes },
    decode(node, place) {
      if (node.kind !== 'string') return place.mismatch(node, 'a text');
      const bytes = Buffer.byteLength(node.value);
      return bytes <= maxBytes
        ? node.value
        : place.refuse(node.offset, `expected a text of at most ${maxBytes} bytes, got ${bytes}`);
    },
  };
}

export interface NumberOptions {
  readonly min: number;
  readonly max: number;
  /** As in `milliseconds`; part of what is expected. */
  readonly unit?: string;
}

/** A whole number within limits, both included. */
export function integer({ min, max, unit }: NumberOptions): Shape<number> {
  const expected = `a whole number${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}`;
  return numeric(expected, { type: 'integer', minimum: min, maximum: max }, (value) => {
    return Number.isInteger(value) && value >= min && value <= max;
  });
}

/** A number within limits, both included. */
export function number({ min, max, unit }: NumberOptions): Shape<number> {
  const expected = `a number${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}`;
  return numeric(expected, { type: 'number', minimum: min, maximum: max }, (value) => value >= min && value <= max);
}

function numeric(expected: string, schema: JsonObject, accepts: (value: number) => boolean): Shape<number> {
  return {
    expected,
    schema,
    decode: (node, place) =>
      node.kind === 'number' && accepts(node.value) ? node.value : place.mismatch(node, expected),
  };
}

/** True or false. */
export const boolean: Shape<boolean> = {
  expected: 'true or false',
  schema: { type: 'boolean' },
  decode: (node, place) => (node.kind === 'boolean' ? node.value : place.mismatch(node, 'true or false')),
};

/** One of some words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Shape<Word> {
  const expected = words.length === 1 ? `"${words[0]}"` : `one of ${words.map((word) => `"${word}"`).join(', ')}`;
  return {
    expected,
    schema: { enum: words },
    decode(node, place) {
      const word = words.find((candidate) => node.kind === 'string' && node.value === candidate);
      return word ?? place.mismatch(node, expected, node.kind === 'string' ? suggest(node.value, words) : '');
    },
  };
}

/** A text, number or boolean, as text. */
export const scalarText: Shape<string> = {
  expected: 'a text, a number or a boolean',
  schema: { type: ['string', 'number', 'boolean'] },
  decode: (node, place) =>
    node.kind === 'string' || node.kind === 'number' || node.kind === 'boolean'
      ? String(node.value)
      : place.mismatch(node, 'a text, a number or a boolean'),
};

/** Anything; the value is not looked at. */
export const anything: Shape<true> = { expected: 'any value', schema: {}, decode: () => true };

/** Any object; its content is not looked at. */
export const anyObject: Shape<true> = {
  expected: 'an object',
  schema: { type: 'object' },
  decode: (node, place) => (node.kind === 'object' ? true : place.mismatch(node, 'an object')),
};
