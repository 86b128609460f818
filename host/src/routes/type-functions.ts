import { numberOfText } from './number-text.ts';
import type { RouteFunction } from './route-function.ts';
import { type DynamicValue, presentValueReader, type TypedReader, valueReader } from './typed-reader.ts';

function ofAnyValue(signature: string, test: (value: DynamicValue) => boolean | undefined): RouteFunction {
  return {
    parameters: ['any'],
    signature,
    compile: ([argument]) => {
      const read = valueReader(argument!);
      return { type: 'boolean', read: (evaluation) => test(read(evaluation)) };
    },
  };
}

export const TYPE_FUNCTIONS: Readonly<Record<string, RouteFunction>> = {
  is_bool: ofAnyValue('is_bool(value)', (value) => typeof value === 'boolean'),
  is_number: ofAnyValue('is_number(value)', (value) => typeof value === 'number'),
  is_string: ofAnyValue('is_string(value)', (value) => typeof value === 'string'),
  /** Of a body: true for null and for a missing path, as `= null` is; undefined where the body cannot be read. */
  is_null: { parameters: ['any'], signature: 'is_null(value)', compile: ([argument]) => isNull(argument!) },
  /** Of a body: false for a missing path, though that counts as null elsewhere. */
  is_defined: {
    parameters: ['any'],
    signature: 'is_defined(value)',
    compile: ([argument]) => {
      const read = presentValueReader(argument!);
      return { type: 'boolean', read: (evaluation) => read(evaluation) !== undefined };
    },
  },
  as_number: {
    parameters: ['number-or-string'],
    signature: 'as_number(text)',
    compile: ([argument]) => {
      if (argument!.type === 'number') return argument!;
      const read = valueReader(argument!);
      return { type: 'number', read: (evaluation) => asNumber(read(evaluation)) };
    },
  },
};

function isNull(argument: TypedReader): TypedReader {
  if (argument.type !== 'body') {
    const answer = argument.type === 'null';
    return { type: 'boolean', read: () => answer };
  }
  const { read } = argument;
  return {
    type: 'boolean',
    read: (evaluation) => {
      const value = read(evaluation);
      return value === undefined ? undefined : value === null;
    },
  };
}

function asNumber(value: DynamicValue): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? numberOfText(value) : Number.NaN;
}
