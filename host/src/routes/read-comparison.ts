import type { Reader } from './evaluation.ts';
import type { ComparisonOperator } from './expression.ts';
import { booleanReader, type DynamicValue, type TypedReader, valueReader } from './typed-reader.ts';

type Test<Value> = (left: Value, right: Value) => boolean;

/** JavaScript orders strings by UTF-16 units and false before true, as the language wants it. */
const TESTS: Readonly<Record<ComparisonOperator, Test<string | number | boolean>>> = {
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<>': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

const isEquality = (operator: ComparisonOperator): boolean =>
  operator === '=' || operator === '!=' || operator === '<>';

/** Compiles a comparison of two values of one type, or of a value of the body with any. Undefined on a side makes it undefined. */
export function readComparison(
  operator: ComparisonOperator,
  left: TypedReader,
  right: TypedReader,
): Reader<boolean | undefined> {
  const test = TESTS[operator];
  if (left.type === 'number' && right.type === 'number') return compareNumbers(test, left.read, right.read);
  if (left.type === 'string' && right.type === 'string') return compareDefined(test, left.read, right.read);
  if (left.type === 'boolean' && right.type === 'boolean') {
    return compareDefined(test, booleanReader(left), booleanReader(right));
  }
  return compareDynamic(operator, valueReader(left), valueReader(right));
}

function compareNumbers(test: Test<number>, left: Reader<number>, right: Reader<number>): Reader<boolean | undefined> {
  return (evaluation) => {
    const a = left(evaluation);
    if (Number.isNaN(a)) return undefined;
    const b = right(evaluation);
    return Number.isNaN(b) ? undefined : test(a, b);
  };
}

function compareDefined<Value>(
  test: Test<Value>,
  left: Reader<Value | undefined>,
  right: Reader<Value | undefined>,
): Reader<boolean | undefined> {
  return (evaluation) => {
    const a = left(evaluation);
    if (a === undefined) return undefined;
    const b = right(evaluation);
    return b === undefined ? undefined : test(a, b);
  };
}

/** Values of different types are not equal; which of them is larger is undefined. */
function compareDynamic(
  operator: ComparisonOperator,
  left: Reader<DynamicValue>,
  right: Reader<DynamicValue>,
): Reader<boolean | undefined> {
  const test = TESTS[operator] as Test<string | number | boolean | null>;
  const equality = isEquality(operator);
  return (evaluation) => {
    const a = left(evaluation);
    if (a === undefined) return undefined;
    const b = right(evaluation);
    if (b === undefined) return undefined;
    return equality || typeof a === typeof b ? test(a, b) : undefined;
  };
}
