import type { Reader } from './evaluation.ts';
import type { RouteFunction } from './route-function.ts';
import { ROUTE_LIMITS } from './route-limits.ts';
import { numberReader, stringReader, type TypedReader } from './typed-reader.ts';

function ofOneString(signature: string, convert: (text: string) => string): RouteFunction {
  return {
    parameters: ['string'],
    signature,
    compile: ([argument]) => {
      const read = stringReader(argument!);
      return { type: 'string', read: (evaluation) => whenDefined(read(evaluation), convert) };
    },
  };
}

function ofTwoStrings(signature: string, test: (text: string, part: string) => boolean): RouteFunction {
  return {
    parameters: ['string', 'string'],
    signature,
    compile: ([first, second]) => {
      const text = stringReader(first!);
      const part = stringReader(second!);
      return {
        type: 'boolean',
        read: (evaluation) => {
          const a = text(evaluation);
          const b = a === undefined ? undefined : part(evaluation);
          return a === undefined || b === undefined ? undefined : test(a, b);
        },
      };
    },
  };
}

/** Texts are compared and counted by UTF-16 units, and letters of different case are different. */
export const STRING_FUNCTIONS: Readonly<Record<string, RouteFunction>> = {
  lower: ofOneString('lower(string)', (text) => text.toLowerCase()),
  upper: ofOneString('upper(string)', (text) => text.toUpperCase()),
  starts_with: ofTwoStrings('starts_with(string, beginning)', (text, part) => text.startsWith(part)),
  ends_with: ofTwoStrings('ends_with(string, end)', (text, part) => text.endsWith(part)),
  contains: ofTwoStrings('contains(string, part)', (text, part) => text.includes(part)),
  concat: {
    parameters: ['string', 'string'],
    repeats: true,
    signature: 'concat(string, string, ...)',
    compile: (args) => ({ type: 'string', read: readConcat(args.map(stringReader)) }),
  },
  length: {
    parameters: ['string'],
    signature: 'length(string)',
    compile: ([argument]) => {
      const read = stringReader(argument!);
      return { type: 'number', read: (evaluation) => read(evaluation)?.length ?? Number.NaN };
    },
  },
  index_of: {
    parameters: ['string', 'string'],
    signature: 'index_of(string, part)',
    compile: ([first, second]) => {
      const text = stringReader(first!);
      const part = stringReader(second!);
      return {
        type: 'number',
        read: (evaluation) => {
          const b = part(evaluation);
          return (b === undefined ? undefined : text(evaluation)?.indexOf(b)) ?? Number.NaN;
        },
      };
    },
  },
  substring: {
    parameters: ['string', 'number', 'number'],
    optional: 1,
    signature: 'substring(string, start[, length])',
    compile: compileSubstring,
  },
};

/** Concatenates texts; undefined if one of them is, or if the result would be too long. */
export function readConcat(parts: readonly Reader<string | undefined>[]): Reader<string | undefined> {
  return (evaluation) => {
    let text = '';
    for (const part of parts) {
      const value = part(evaluation);
      if (value === undefined || text.length + value.length > ROUTE_LIMITS.concatCharacters) return undefined;
      text += value;
    }
    return text;
  };
}

/** Fractions are cut off. The start may be the end of the text only if no length is given. */
function compileSubstring([first, second, third]: readonly TypedReader[]): TypedReader {
  const text = stringReader(first!);
  const start = numberReader(second!);
  if (third === undefined) {
    const read: Reader<string | undefined> = (evaluation) => {
      const value = text(evaluation);
      const from = start(evaluation);
      return value !== undefined && from >= 0 && from <= value.length ? value.slice(Math.trunc(from)) : undefined;
    };
    return { type: 'string', read };
  }
  const length = numberReader(third);
  const read: Reader<string | undefined> = (evaluation) => {
    const value = text(evaluation);
    const from = start(evaluation);
    const count = length(evaluation);
    if (value === undefined || !(from >= 0 && from < value.length)) return undefined;
    if (!(count >= 0 && count <= value.length - from)) return undefined;
    return value.slice(Math.trunc(from), Math.trunc(from) + Math.trunc(count));
  };
  return { type: 'string', read };
}

const whenDefined = (text: string | undefined, convert: (text: string) => string): string | undefined =>
  text === undefined ? undefined : convert(text);
