import type { Reader } from './evaluation.ts';

/** A value that is known only when a message is there. */
export type DynamicValue = string | number | boolean | null | undefined;

/** A compiled expression with its static type. Numbers are finite, NaN stands for undefined. */
export type TypedReader =
  | { readonly type: 'number'; readonly read: Reader<number> }
  | { readonly type: 'string'; readonly read: Reader<string | undefined> }
  | { readonly type: 'boolean'; readonly read: Reader<boolean | undefined> }
  /** A value of the body, of any type. A missing path is null for `read` and undefined for `readPresent`. */
  | { readonly type: 'body'; readonly read: Reader<DynamicValue>; readonly readPresent: Reader<DynamicValue> }
  | { readonly type: 'null' }
  | { readonly type: 'undefined' };

export type ValueType = TypedReader['type'];

export const finiteOrUndefined = (value: number): number => (value - value === 0 ? value : Number.NaN);

const undefinedReader = (): undefined => undefined;

/** The number, NaN if the value is of another type. */
export function numberReader(typed: TypedReader): Reader<number> {
  if (typed.type === 'number') return typed.read;
  if (typed.type !== 'body') return () => Number.NaN;
  const { read } = typed;
  return (evaluation) => {
    const value = read(evaluation);
    return typeof value === 'number' ? value : Number.NaN;
  };
}

/** The string, undefined if the value is of another type. */
export function stringReader(typed: TypedReader): Reader<string | undefined> {
  if (typed.type === 'string') return typed.read;
  if (typed.type !== 'body') return undefinedReader;
  const { read } = typed;
  return (evaluation) => {
    const value = read(evaluation);
    return typeof value === 'string' ? value : undefined;
  };
}

/** The boolean, undefined if the value is of another type; null is false. */
export function booleanReader(typed: TypedReader): Reader<boolean | undefined> {
  if (typed.type === 'boolean') return typed.read;
  if (typed.type === 'null') return () => false;
  if (typed.type !== 'body') return undefinedReader;
  const { read } = typed;
  return (evaluation) => {
    const value = read(evaluation);
    return typeof value === 'boolean' ? value : undefined;
  };
}

/** The value, whatever its type. */
export function valueReader(typed: TypedReader): Reader<DynamicValue> {
  switch (typed.type) {
    case 'null':
      return () => null;
    case 'undefined':
      return undefinedReader;
    case 'number': {
      const { read } = typed;
      return (evaluation) => {
        const value = read(evaluation);
        return Number.isNaN(value) ? undefined : value;
      };
    }
    default:
      return typed.read;
  }
}

/** As `valueReader`, but a path that the body does not have is undefined. */
export const presentValueReader = (typed: TypedReader): Reader<DynamicValue> =>
  typed.type === 'body' ? typed.readPresent : valueReader(typed);
