import type { BodyPath } from './body-path.ts';
import type { Span } from './route-error.ts';

export type ComparisonOperator = '=' | '!=' | '<>' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export type ExpressionShape =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null | undefined }
  /** An application property. */
  | { readonly kind: 'property'; readonly name: string }
  /** `$name` or, escaped, `{$name}`; the name without `$`. */
  | { readonly kind: 'system'; readonly name: string; readonly escaped: boolean }
  /** `$body.path` or, escaped, `{$body.path}`; `name` is all of it as written, for the property of that name. */
  | { readonly kind: 'body'; readonly name: string; readonly path: BodyPath; readonly escaped: boolean }
  | { readonly kind: 'twin-change-includes'; readonly path: BodyPath }
  /** The name as written. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'negate' | 'not'; readonly operand: Expression }
  /** Two or more operands side by side, so that a long list is not deep. */
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'concat'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Span;
    }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Span;
    }
  | { readonly kind: 'coalesce'; readonly left: Expression; readonly right: Expression; readonly at: Span };

/** A node of a condition and its place in the route; `at` of an operator is the place of its sign. */
export type Expression = ExpressionShape & Span;

/** The expressions directly inside one. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'property':
    case 'system':
    case 'body':
    case 'twin-change-includes':
      return [];
    case 'call':
      return expression.args;
    case 'negate':
    case 'not':
      return [expression.operand];
    case 'and':
    case 'or':
    case 'concat':
      return expression.operands;
    case 'arithmetic':
    case 'comparison':
    case 'coalesce':
      return [expression.left, expression.right];
    default:
      return expression satisfies never;
  }
}

/** Whether evaluating it may need the body of the message. */
export const readsBody = (expression: Expression): boolean =>
  expression.kind === 'body' || expression.kind === 'twin-change-includes' || childrenOf(expression).some(readsBody);
