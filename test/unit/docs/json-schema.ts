import type { JsonObject, JsonValue } from '../../../host/src/json/value.ts';

type Keyword = (argument: JsonValue, value: JsonValue, schema: JsonObject) => boolean;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const ofObject = (value: JsonValue, test: (value: JsonObject) => boolean): boolean => !isObject(value) || test(value);
const ofText = (value: JsonValue, test: (value: string) => boolean): boolean =>
  typeof value !== 'string' || test(value);
const ofNumber = (value: JsonValue, test: (value: number) => boolean): boolean =>
  typeof value !== 'number' || test(value);
const ofList = (value: JsonValue, test: (value: readonly JsonValue[]) => boolean): boolean =>
  !Array.isArray(value) || test(value);
const schemasOf = (argument: JsonValue) => argument as JsonObject[];
const keysOf = (schema: JsonValue | undefined): string[] => (isObject(schema) ? Object.keys(schema) : []);
const length = (text: string): number => [...text].length;

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function isOfType(type: JsonValue, value: JsonValue): boolean {
  return type === 'integer' ? Number.isInteger(value) : type === typeOf(value);
}

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  default: () => true,
  type: (type, value) => [type].flat().some((one) => isOfType(one as JsonValue, value)),
  enum: (words, value) => (words as JsonValue[]).includes(value),
  minimum: (limit, value) => ofNumber(value, (number) => number >= Number(limit)),
  maximum: (limit, value) => ofNumber(value, (number) => number <= Number(limit)),
  minLength: (limit, value) => ofText(value, (text) => length(text) >= Number(limit)),
  maxLength: (limit, value) => ofText(value, (text) => length(text) <= Number(limit)),
  pattern: (pattern, value) => ofText(value, (text) => new RegExp(String(pattern), 'u').test(text)),
  minItems: (limit, value) => ofList(value, (items) => items.length >= Number(limit)),
  maxItems: (limit, value) => ofList(value, (items) => items.length <= Number(limit)),
  items: (schema, value) => ofList(value, (items) => items.every((item) => accepts(schema as JsonObject, item))),
  required: (keys, value) => ofObject(value, (object) => (keys as string[]).every((key) => Object.hasOwn(object, key))),
  maxProperties: (limit, value) => ofObject(value, (object) => Object.keys(object).length <= Number(limit)),
  propertyNames: (schema, value) =>
    ofObject(value, (object) => Object.keys(object).every((key) => accepts(schema as JsonObject, key))),
  properties: (schemas, value) =>
    ofObject(value, (object) =>
      keysOf(schemas).every(
        (key) => !Object.hasOwn(object, key) || accepts((schemas as JsonObject)[key] as JsonObject, object[key]!),
      ),
    ),
  patternProperties: () => true,
  additionalProperties: (rule, value, schema) =>
    ofObject(value, (object) => {
      const patterns = keysOf(schema['patternProperties']).map((pattern) => new RegExp(pattern, 'u'));
      const others = Object.keys(object).filter(
        (key) => !keysOf(schema['properties']).includes(key) && !patterns.some((pattern) => pattern.test(key)),
      );
      return others.every((key) => (isObject(rule) ? accepts(rule, object[key]!) : rule !== false));
    }),
  anyOf: (schemas, value) => schemasOf(schemas).some((schema) => accepts(schema, value)),
  oneOf: (schemas, value) => schemasOf(schemas).filter((schema) => accepts(schema, value)).length === 1,
};

/**
 * Whether a value follows a JSON Schema (2020-12), by the keywords that ours use. Throws for any other keyword, so that a
 * schema cannot say something that no test looks at.
 */
export function accepts(schema: JsonObject, value: JsonValue): boolean {
  return Object.entries(schema).every(([name, argument]) => {
    const keyword = KEYWORDS[name];
    if (keyword === undefined) throw new Error(`the keyword ${name} is not known here`);
    return keyword(argument, value, schema);
  });
}
