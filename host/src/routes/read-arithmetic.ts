import type { Reader } from './evaluation.ts';
import type { ArithmeticOperator } from './expression.ts';
import { finiteOrUndefined } from './typed-reader.ts';

/** Compiles an operation on numbers. Whatever is not finite, such as a division by zero, is undefined. */
export function readArithmetic(
  operator: ArithmeticOperator,
  left: Reader<number>,
  right: Reader<number>,
): Reader<number> {
  switch (operator) {
    case '+':
      return (evaluation) => finiteOrUndefined(left(evaluation) + right(evaluation));
    case '-':
      return (evaluation) => finiteOrUndefined(left(evaluation) - right(evaluation));
    case '*':
      return (evaluation) => finiteOrUndefined(left(evaluation) * right(evaluation));
    case '/':
      return (evaluation) => finiteOrUndefined(left(evaluation) / right(evaluation));
    case '%':
      return (evaluation) => finiteOrUndefined(left(evaluation) % right(evaluation));
    default:
      return operator satisfies never;
  }
}
