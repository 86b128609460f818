import { JsonText } from './json-text.ts';
import type { JsonMember, JsonNode } from './node.ts';
import { quote } from './node.ts';
import { childPath } from './path.ts';

/** Something wrong with a text as JSON. */
export interface JsonFault {
  readonly offset: number;
  readonly path: string;
  readonly message: string;
}

/** Without `root` the text could not be read to its end, and the last fault says why. */
export interface ParsedJson {
  readonly root?: JsonNode;
  readonly faults: readonly JsonFault[];
}

/** Deepest nesting of a file that a person writes. */
export const JSON_DEPTH_MAX = 32;

/**
 * Reads JSON by RFC 8259 and keeps every value's place. Stricter than `JSON.parse` where a person would be misled: a key
 * that appears twice and a key `__proto__` are faults (reading goes on, and the first value counts). A byte order mark
 * at the beginning is passed over.
 */
export function parseJson(text: string): ParsedJson {
  const reader = new Reader(text);
  try {
    return { root: reader.document(), faults: reader.faults };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { faults: [...reader.faults, error.fault] };
  }
}

/** Ends the reading of one text; never leaves this file. */
class Stop extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault.message);
    this.fault = fault;
  }
}

class Reader {
  readonly faults: JsonFault[] = [];
  readonly #text: JsonText;

  constructor(text: string) {
    this.#text = new JsonText(text, (offset, message, path) => {
      throw new Stop({ offset, path, message });
    });
  }

  document(): JsonNode {
    this.#text.skipByteOrderMark();
    const root = this.#value('', 0);
    this.#text.space();
    if (!this.#text.atEnd()) this.#text.expected('the end of the file', '');
    return root;
  }

  #value(path: string, depth: number): JsonNode {
    const text = this.#text;
    text.space();
    const offset = text.offset;
    switch (text.peek()) {
      case '{':
        return this.#object(path, this.#deeper(path, depth));
      case '[':
        return this.#array(path, this.#deeper(path, depth));
      case '"':
        return { kind: 'string', offset, value: text.string(path) };
      case 't':
      case 'f':
      case 'n': {
        const word = text.word(path);
        return word === null ? { kind: 'null', offset } : { kind: 'boolean', offset, value: word };
      }
      default:
        return { kind: 'number', offset, value: text.number(path) };
    }
  }

  #deeper(path: string, depth: number): number {
    if (depth === JSON_DEPTH_MAX) this.#text.fail(`values are nested deeper than ${JSON_DEPTH_MAX} levels`, path);
    return depth + 1;
  }

  #array(path: string, depth: number): JsonNode {
    const text = this.#text;
    const offset = text.offset;
    const items: JsonNode[] = [];
    text.take('[');
    if (text.take(']')) return { kind: 'array', offset, items };
    for (;;) {
      items.push(this.#value(childPath(path, items.length), depth));
      if (text.take(']')) return { kind: 'array', offset, items };
      if (!text.take(',')) text.expected('"," or "]" behind a value of a list', path);
      if (text.take(']')) text.fail('a comma before "]" is not allowed in JSON', path, -1);
    }
  }

  #object(path: string, depth: number): JsonNode {
    const text = this.#text;
    const offset = text.offset;
    const members = new Map<string, JsonMember>();
    text.take('{');
    if (text.take('}')) return { kind: 'object', offset, members };
    for (;;) {
      this.#member(path, depth, members);
      if (text.take('}')) return { kind: 'object', offset, members };
      if (!text.take(',')) text.expected('"," or "}" behind a value of an object', path);
      if (text.take('}')) text.fail('a comma before "}" is not allowed in JSON', path, -1);
    }
  }

  #member(path: string, depth: number, members: Map<string, JsonMember>): void {
    const text = this.#text;
    text.space();
    const keyOffset = text.offset;
    if (text.peek() !== '"') text.expected('a key in double quotes', path);
    const key = text.string(path);
    const place = childPath(path, key);
    if (!text.take(':')) text.expected(`":" behind the key ${quote(key)}`, place);
    const value = this.#value(place, depth);
    if (key === '__proto__') {
      this.faults.push({ offset: keyOffset, path: place, message: 'the key "__proto__" is not allowed' });
    } else if (members.has(key)) {
      this.faults.push({
        offset: keyOffset,
        path: place,
        message: `the key ${quote(key)} appears twice in one object`,
      });
    } else {
      members.set(key, { keyOffset, value });
    }
  }
}
