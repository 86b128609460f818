import type { Expression } from './expression.ts';
import { routeError, type Span } from './route-error.ts';
import type { ValueType } from './typed-reader.ts';

const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  number: 'a number',
  string: 'a string',
  boolean: 'a boolean',
  body: 'a value of the body',
  null: 'null',
  undefined: 'undefined',
};

/** The type of a value in words. */
export const nameOfType = (type: ValueType): string => TYPE_NAMES[type];

/** The error for a value of the wrong type at `place`; `got` is the type of `culprit`, which a hint is about unless it is given. */
export function typeMismatch(
  text: string,
  place: Span,
  expected: string,
  culprit: Expression,
  got: ValueType,
  hint = hintFor(text, expected, culprit, got),
): Error {
  return routeError('ROUTE_TYPE', text, place, { expected, got: nameOfType(got), hint });
}

function hintFor(text: string, expected: string, culprit: Expression, got: ValueType): string | undefined {
  if (got === 'undefined') return 'use IS_DEFINED to ask whether there is a value';
  if (culprit.kind !== 'property' && culprit.kind !== 'system') return undefined;
  const name = text.slice(culprit.offset, culprit.end);
  if (/^\$body$/i.test(name)) return 'name a place in the body, such as `$body.pressure`';
  if (/.[-+*%]./.test(name)) return `\`${name}\` is one name; to calculate, write white space around the operator`;
  if (/^(?:true|false|null|undefined)$/i.test(name))
    return `\`${name}\` is the name of a property; write it in lower case`;
  if (expected === nameOfType('number')) return `properties are strings; write as_number(${name})`;
  return expected === nameOfType('boolean') ? `properties are strings; write ${name} = 'true'` : undefined;
}
