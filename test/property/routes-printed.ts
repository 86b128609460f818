import type { Expression } from '../../host/src/routes/expression.ts';

/** An expression without its places in a text. */
export type Bare = Expression extends infer Node ? (Node extends Expression ? BareNode<Node> : never) : never;
type BareNode<Node> = { [Key in keyof Omit<Node, 'offset' | 'end' | 'at'>]: BareValue<Node[Key & keyof Node]> };
type BareValue<Value> = Value extends Expression ? Bare : Value extends readonly Expression[] ? readonly Bare[] : Value;

/** Removes the places, so that two trees can be compared. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !['offset', 'end', 'at'].includes(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutPlaces(inner)]));
}

const LEVELS = ['??', 'OR', 'AND', '=', '<', '+', '*'];
const LEVEL_OF: Readonly<Record<string, string>> = {
  '!=': '=',
  '<>': '=',
  '<=': '<',
  '>': '<',
  '>=': '<',
  '-': '+',
  '||': '+',
  '/': '*',
  '%': '*',
};
const HIGHEST = LEVELS.length;

/** Prints an expression with the brackets it needs, or with all that can be. An independent statement of the precedences. */
export function print(expression: Bare, brackets: 'needed' | 'all'): string {
  const level = levelOf(expression);
  const inner = (operand: Bare, atLeast: number): string => {
    const text = print(operand, brackets);
    return brackets === 'all' || levelOf(operand) < atLeast ? `(${text})` : text;
  };
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? JSON.stringify(expression.value) : String(expression.value);
    case 'property':
      return expression.name;
    case 'system':
      return expression.escaped ? `{$${expression.name}}` : `$${expression.name}`;
    case 'body':
      return expression.escaped ? `{${expression.name}}` : expression.name;
    case 'twin-change-includes':
      return `twin_change_includes(${expression.path.join('.')})`;
    case 'call':
      return `${expression.name}(${expression.args.map((argument) => print(argument, brackets)).join(', ')})`;
    case 'negate':
      return `- ${inner(expression.operand, HIGHEST)}`;
    case 'not':
      return `NOT ${inner(expression.operand, HIGHEST)}`;
    case 'and':
    case 'or':
    case 'concat': {
      const sign = signOf(expression);
      const [first, ...rest] = expression.operands;
      const opening = first!.kind === expression.kind ? HIGHEST : level;
      return [inner(first!, opening), ...rest.map((operand) => inner(operand, level + 1))].join(` ${sign} `);
    }
    case 'arithmetic':
    case 'comparison':
    case 'coalesce':
      return `${inner(expression.left, level)} ${signOf(expression)} ${inner(expression.right, level + 1)}`;
    default:
      return expression satisfies never;
  }
}

function levelOf(expression: Bare): number {
  const sign = signOf(expression);
  return sign === undefined ? HIGHEST : LEVELS.indexOf(LEVEL_OF[sign] ?? sign);
}

function signOf(expression: Bare): string | undefined {
  if (expression.kind === 'arithmetic' || expression.kind === 'comparison') return expression.operator;
  return { and: 'AND', or: 'OR', concat: '||', coalesce: '??' }[expression.kind as 'and'];
}
