import type { JsonObject, JsonValue } from './value.ts';

/** A JSON value with the place in the text where it begins, in UTF-16 units. */
export type JsonNode =
  | { readonly kind: 'null'; readonly offset: number }
  | { readonly kind: 'boolean'; readonly offset: number; readonly value: boolean }
  | { readonly kind: 'number'; readonly offset: number; readonly value: number }
  | { readonly kind: 'string'; readonly offset: number; readonly value: string }
  | { readonly kind: 'array'; readonly offset: number; readonly items: readonly JsonNode[] }
  | JsonObjectNode;

export interface JsonObjectNode {
  readonly kind: 'object';
  readonly offset: number;
  /** Members in the order of the text; keys are unique. */
  readonly members: ReadonlyMap<string, JsonMember>;
}

export interface JsonMember {
  readonly keyOffset: number;
  readonly value: JsonNode;
}

/** The plain value of a node; its objects have no prototype. */
export function jsonValue(node: JsonNode): JsonValue {
  switch (node.kind) {
    case 'null':
      return null;
    case 'array':
      return node.items.map(jsonValue);
    case 'object':
      return jsonObject(node);
    default:
      return node.value;
  }
}

/** As `jsonValue`, of a node that is known to be an object. */
export function jsonObject(node: JsonObjectNode): JsonObject {
  const value: Record<string, JsonValue> = Object.create(null);
  for (const [key, member] of node.members) value[key] = jsonValue(member.value);
  return value;
}

const EXCERPT_CHARACTERS = 40;

/** Names a node in an error message: its kind, and a short excerpt where that says more. */
export function describeNode(node: JsonNode): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'array':
      return node.items.length === 0 ? 'an empty list' : `a list of ${node.items.length}`;
    case 'object':
      return node.members.size === 0 ? 'an empty object' : 'an object';
    case 'string':
      return `the text ${quote(node.value)}`;
    default:
      return `${node.kind === 'boolean' ? '' : 'the number '}${node.value}`;
  }
}

/** A text in double quotes, shortened, with control characters made visible so that it cannot disturb a terminal. */
export function quote(text: string): string {
  const characters = [...text.slice(0, 4 * EXCERPT_CHARACTERS)];
  const short =
    characters.length > EXCERPT_CHARACTERS ? `${characters.slice(0, EXCERPT_CHARACTERS).join('')}...` : text;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, escapeCharacter);
}

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
