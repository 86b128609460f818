import { compileCondition } from './compile-condition.ts';
import { Evaluation } from './evaluation.ts';
import { childrenOf, type Expression } from './expression.ts';
import type { RouteMessage } from './route-message.ts';

/** Kinds of values, to be combined to sets. */
export const VALUE = { true: 1, false: 2, undefined: 4, null: 8, other: 16 } as const;

const BOOLEAN = VALUE.true | VALUE.false | VALUE.undefined;
const SOME = VALUE.other | VALUE.undefined;
const ANY = BOOLEAN | VALUE.null | VALUE.other;

/**
 * The kinds of values that an expression of the route `text` can have for any message; rather too many than too few. Unless the
 * body is `readable` it is undefined; that a message may have a property named `$body...` is not considered.
 */
export function possibleValues(text: string, expression: Expression, readable: boolean): number {
  const of = (inner: Expression): number => possibleValues(text, inner, readable);
  switch (expression.kind) {
    case 'literal':
      return ofConstant(expression.value);
    case 'property':
    case 'system':
      return SOME;
    case 'body':
      return readable ? ANY : VALUE.undefined;
    case 'twin-change-includes':
      return readable ? BOOLEAN : VALUE.undefined;
    case 'call':
      return ofCall(expression.name.toLowerCase(), expression.args.map(of));
    case 'negate':
    case 'concat':
    case 'arithmetic':
      return childrenOf(expression).some((child) => of(child) === VALUE.undefined) ? VALUE.undefined : SOME;
    case 'not':
      return negated(truthOf(of(expression.operand)));
    case 'and':
      return expression.operands.map((operand) => truthOf(of(operand))).reduce(conjunction);
    case 'or':
      return negated(expression.operands.map((operand) => negated(truthOf(of(operand)))).reduce(conjunction));
    case 'comparison':
      if (isConstant(expression)) return ofConstant(evaluate(text, expression));
      return childrenOf(expression).some((child) => of(child) === VALUE.undefined) ? VALUE.undefined : BOOLEAN;
    case 'coalesce': {
      const left = of(expression.left);
      return (left & ~VALUE.undefined) | (left & VALUE.undefined ? of(expression.right) : 0);
    }
    default:
      return expression satisfies never;
  }
}

function ofConstant(value: string | number | boolean | null | undefined): number {
  if (value === undefined) return VALUE.undefined;
  if (value === null) return VALUE.null;
  if (typeof value === 'boolean') return value ? VALUE.true : VALUE.false;
  return VALUE.other;
}

function ofCall(name: string, args: readonly number[]): number {
  const [first = 0] = args;
  const has = (kinds: number): boolean => (first & kinds) !== 0;
  const answers = (yes: boolean, no: boolean): number => (yes ? VALUE.true : 0) | (no ? VALUE.false : 0);
  switch (name) {
    case 'is_defined':
      return answers(has(~VALUE.undefined), has(VALUE.undefined | VALUE.null));
    case 'is_null':
      return answers(has(VALUE.null), has(~VALUE.null)) | (first & VALUE.undefined);
    case 'is_bool':
      return answers(has(VALUE.true | VALUE.false), has(~(VALUE.true | VALUE.false)));
    case 'is_number':
    case 'is_string':
      return answers(has(VALUE.other), true);
    case 'starts_with':
    case 'ends_with':
    case 'contains':
      return args.includes(VALUE.undefined) ? VALUE.undefined : BOOLEAN;
    default:
      return args.includes(VALUE.undefined) ? VALUE.undefined : SOME;
  }
}

/** What values are as operands of AND, OR and NOT. */
const truthOf = (kinds: number): number =>
  (kinds & BOOLEAN) |
  (kinds & VALUE.null ? VALUE.false | VALUE.undefined : 0) |
  (kinds & VALUE.other ? VALUE.undefined : 0);

const negated = (truth: number): number =>
  (truth & VALUE.true ? VALUE.false : 0) | (truth & VALUE.false ? VALUE.true : 0) | (truth & VALUE.undefined);

function conjunction(left: number, right: number): number {
  const some = left | right;
  const defined = (truth: number): boolean => (truth & (VALUE.true | VALUE.undefined)) !== 0;
  const isUndefined = (some & VALUE.undefined) !== 0 && defined(left) && defined(right);
  return (left & right & VALUE.true) | (some & VALUE.false) | (isUndefined ? VALUE.undefined : 0);
}

const isConstant = (expression: Expression): boolean =>
  !['property', 'system', 'body', 'twin-change-includes'].includes(expression.kind) &&
  childrenOf(expression).every(isConstant);

const evaluate = (text: string, expression: Expression): boolean | undefined =>
  new Evaluation().run(NO_MESSAGE, compileCondition(text, expression));

const NO_MESSAGE: RouteMessage = { property: () => undefined, system: () => undefined, body: () => undefined };
