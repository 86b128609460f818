import { compileCall, resolveFunction } from './compile-call.ts';
import type { Reader } from './evaluation.ts';
import { type Expression, readsBody } from './expression.ts';
import { readArithmetic } from './read-arithmetic.ts';
import { readComparison } from './read-comparison.ts';
import { readAnd, readNot, readOr } from './read-logic.ts';
import { readReference } from './read-reference.ts';
import { readConcat } from './string-functions.ts';
import { nameOfType, typeMismatch } from './type-mismatch.ts';
import {
  booleanReader,
  numberReader,
  presentValueReader,
  stringReader,
  type TypedReader,
  valueReader,
} from './typed-reader.ts';

/**
 * Checks the types of a condition and compiles it to closures. A condition that is no boolean is undefined, null is false.
 * `text` is the route, for errors.
 */
export const compileCondition = (text: string, condition: Expression): Reader<boolean | undefined> =>
  booleanReader(new ConditionCompiler(text).compile(condition));

class ConditionCompiler {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  compile(expression: Expression): TypedReader {
    switch (expression.kind) {
      case 'literal':
        return compileLiteral(expression.value);
      case 'property':
      case 'system':
      case 'body':
      case 'twin-change-includes':
        return readReference(expression);
      case 'call': {
        const definition = resolveFunction(this.#text, expression);
        const args = expression.args.map((argument) => this.compile(argument));
        return compileCall(this.#text, expression, definition, args);
      }
      case 'negate': {
        const read = this.#number(expression.operand);
        return { type: 'number', read: (evaluation) => -read(evaluation) };
      }
      case 'not':
        return {
          type: 'boolean',
          read: readNot(booleanReader(this.#logical(expression.operand, 'NOT is applied first; write NOT (a = b)'))),
        };
      case 'and':
      case 'or':
        return this.#logic(expression);
      case 'concat':
        return { type: 'string', read: readConcat(expression.operands.map((operand) => this.#string(operand))) };
      case 'arithmetic': {
        const { operator, left, right } = expression;
        return { type: 'number', read: readArithmetic(operator, this.#number(left), this.#number(right)) };
      }
      case 'comparison': {
        const [left, right] = this.#ofOneType(expression);
        return { type: 'boolean', read: readComparison(expression.operator, left, right) };
      }
      case 'coalesce':
        return compileCoalesce(...this.#ofOneType(expression));
      default:
        return expression satisfies never;
    }
  }

  /** A literal null makes AND null, and OR what the others are. Operands that need the body come last. */
  #logic(expression: Extract<Expression, { kind: 'and' | 'or' }>): TypedReader {
    const { kind, operands } = expression;
    const compiled = operands.map((operand) => ({ typed: this.#logical(operand), last: readsBody(operand) }));
    const others = compiled.filter(({ typed }) => typed.type !== 'null');
    if (others.length < (kind === 'and' ? compiled.length : 1)) return { type: 'null' };
    others.sort((left, right) => Number(left.last) - Number(right.last));
    const readers = others.map(({ typed }) => booleanReader(typed));
    return { type: 'boolean', read: kind === 'and' ? readAnd(readers) : readOr(readers) };
  }

  #logical(expression: Expression, hint?: string): TypedReader {
    const typed = this.compile(expression);
    if (typed.type !== 'number' && typed.type !== 'string') return typed;
    throw typeMismatch(this.#text, expression, nameOfType('boolean'), expression, typed.type, hint);
  }

  #number(expression: Expression): Reader<number> {
    const typed = this.compile(expression);
    if (typed.type === 'number' || typed.type === 'body') return numberReader(typed);
    throw typeMismatch(this.#text, expression, nameOfType('number'), expression, typed.type);
  }

  #string(expression: Expression): Reader<string | undefined> {
    const typed = this.compile(expression);
    if (typed.type === 'string' || typed.type === 'body') return stringReader(typed);
    const hint = typed.type === 'boolean' ? '`||` joins strings; write OR' : undefined;
    throw typeMismatch(this.#text, expression, nameOfType('string'), expression, typed.type, hint);
  }

  /** Both operands, which have one type, or one is a value of the body and the other is not undefined. */
  #ofOneType(expression: Extract<Expression, { kind: 'comparison' | 'coalesce' }>): [TypedReader, TypedReader] {
    const left = this.compile(expression.left);
    const right = this.compile(expression.right);
    if (left.type === right.type) return [left, right];
    const mixes = left.type === 'body' || right.type === 'body';
    if (mixes && left.type !== 'undefined' && right.type !== 'undefined') return [left, right];
    const isProperty = expression.left.kind === 'property' || expression.left.kind === 'system';
    if (isProperty || left.type === 'undefined') {
      throw typeMismatch(this.#text, expression.at, nameOfType(right.type), expression.left, left.type);
    }
    throw typeMismatch(this.#text, expression.at, nameOfType(left.type), expression.right, right.type);
  }
}

function compileLiteral(value: string | number | boolean | null | undefined): TypedReader {
  if (typeof value === 'string') return { type: 'string', read: () => value };
  if (typeof value === 'number') return { type: 'number', read: () => value };
  if (typeof value === 'boolean') return { type: 'boolean', read: () => value };
  return { type: value === null ? 'null' : 'undefined' };
}

/** The first value that is defined. A path that the body does not have is not defined here. */
function compileCoalesce(left: TypedReader, right: TypedReader): TypedReader {
  const first = presentValueReader(left);
  const choose = <Value>(second: Reader<Value>): Reader<Value> => {
    return (evaluation) => {
      const value = first(evaluation);
      return value === undefined ? second(evaluation) : (value as Value);
    };
  };
  if (left.type === 'number' && right.type === 'number') return { type: 'number', read: choose(right.read) };
  if (left.type === 'string' && right.type === 'string') return { type: 'string', read: choose(right.read) };
  if (left.type === 'boolean' && right.type === 'boolean') return { type: 'boolean', read: choose(right.read) };
  if (left.type === right.type && left.type !== 'body') return left;
  return { type: 'body', read: choose(valueReader(right)), readPresent: choose(presentValueReader(right)) };
}
