import type { JsonObject, JsonValue } from '../json/value.ts';
import type { BodyPath } from './body-path.ts';
import type { Expression } from './expression.ts';
import { canonicalSystemName } from './system-properties.ts';
import type { DynamicValue, TypedReader } from './typed-reader.ts';

type Reference = Extract<Expression, { kind: 'property' | 'system' | 'body' | 'twin-change-includes' }>;

/** Compiles what is read of a message: properties, places in the body, changes of a twin. */
export function readReference(expression: Reference): TypedReader {
  switch (expression.kind) {
    case 'property': {
      const { name } = expression;
      return { type: 'string', read: (evaluation) => evaluation.message.property(name) };
    }
    case 'system': {
      const { name: written, escaped } = expression;
      const name = canonicalSystemName(written);
      if (escaped) return { type: 'string', read: (evaluation) => evaluation.message.system(name) };
      const own = `$${written}`;
      return { type: 'string', read: ({ message }) => message.property(own) ?? message.system(name) };
    }
    case 'body':
      return readBody(expression);
    case 'twin-change-includes': {
      const { path } = expression;
      return {
        type: 'boolean',
        read: ({ twinChange }) => (isObject(twinChange) ? find(twinChange, path) !== undefined : undefined),
      };
    }
    default:
      return expression satisfies never;
  }
}

function readBody({ path, name, escaped }: Extract<Expression, { kind: 'body' }>): TypedReader {
  const read = (body: JsonValue | undefined): DynamicValue => primitive(body, path, null);
  const readPresent = (body: JsonValue | undefined): DynamicValue => primitive(body, path, undefined);
  if (escaped || name.includes('[')) {
    return { type: 'body', read: ({ body }) => read(body), readPresent: ({ body }) => readPresent(body) };
  }
  return {
    type: 'body',
    read: (evaluation) => evaluation.message.property(name) ?? read(evaluation.body),
    readPresent: (evaluation) => evaluation.message.property(name) ?? readPresent(evaluation.body),
  };
}

/** Objects and lists are undefined, and so is everything in a body that is not an object. */
function primitive(body: JsonValue | undefined, path: BodyPath, missing: null | undefined): DynamicValue {
  if (!isObject(body)) return undefined;
  const value = find(body, path);
  if (value === undefined) return missing;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'object' && value !== null ? undefined : value;
}

/** Own keys only, so that `constructor` is a key like any other. Undefined if there is no such place. */
function find(object: JsonObject, path: BodyPath): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const step of path) {
    if (typeof step === 'number') value = Array.isArray(value) ? value[step] : undefined;
    else value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
