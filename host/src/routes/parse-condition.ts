import { parseBodyPath } from './body-path.ts';
import { type ArithmeticOperator, type ComparisonOperator, childrenOf, type Expression } from './expression.ts';
import { quote, type RouteErrorDetails, routeError, type Span } from './route-error.ts';
import { ROUTE_LIMITS } from './route-limits.ts';
import type { Scanner } from './scanner.ts';
import type { Token } from './token.ts';
import { parseTwinPath } from './twin-path.ts';

/** How tightly operators bind; the tightest have the largest number. `-` and `NOT` before an operand bind tighter than all. */
const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['??', 1],
  ['OR', 2],
  ['AND', 3],
  ['=', 4],
  ['!=', 4],
  ['<>', 4],
  ['<', 5],
  ['<=', 5],
  ['>', 5],
  ['>=', 5],
  ['+', 6],
  ['-', 6],
  ['||', 6],
  ['*', 7],
  ['/', 7],
  ['%', 7],
]);

/** Parses a condition and leaves the scanner before the token behind it. Operators of one precedence group from the left. */
export function parseCondition(scanner: Scanner): Expression {
  return new ConditionParser(scanner).parse(1);
}

class ConditionParser {
  readonly #scanner: Scanner;
  readonly #heights = new WeakMap<Expression, number>();
  #brackets = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  parse(precedence: number): Expression {
    let left = this.#operand();
    let chained = false;
    for (;;) {
      const sign = this.#scanner.next;
      const binds = sign.kind === 'sign' || sign.kind === 'keyword' ? PRECEDENCE.get(sign.value) : undefined;
      if (binds === undefined || binds < precedence) return left;
      this.#scanner.take();
      left = this.#join(sign, left, this.parse(binds + 1), chained);
      chained = true;
    }
  }

  #operand(): Expression {
    const token = this.#scanner.take();
    switch (token.kind) {
      case 'literal':
        return this.#built({ kind: 'literal', value: token.value, ...spanOf(token) });
      case 'name':
        if (this.#isNext('(')) return this.#call(token);
        return this.#built({ kind: 'property', name: token.value, ...spanOf(token) });
      case 'system':
        return this.#reference(token.value, spanOf(token), false);
      case 'keyword':
        if (token.value === 'NOT') return this.#prefixed('not', token);
        break;
      case 'sign':
        if (token.value === '-') return this.#prefixed('negate', token);
        if (token.value === '(') return this.#bracketed(token);
        if (token.value === '{') return this.#escaped(token);
        break;
      case 'end':
        break;
      default:
        token satisfies never;
    }
    throw this.#unexpected(token, 'a value, a property, a function or `(`');
  }

  #prefixed(kind: 'not' | 'negate', sign: Token): Expression {
    return this.#inside(sign, () => {
      const operand = this.#operand();
      return this.#built({ kind, operand, offset: sign.offset, end: operand.end });
    });
  }

  #bracketed(opening: Token): Expression {
    return this.#inside(opening, () => {
      const inner = this.parse(1);
      const { end } = this.#close(')', 'an operator or `)`');
      return this.#built({ ...inner, offset: opening.offset, end });
    });
  }

  #escaped(opening: Token): Expression {
    const name = this.#scanner.take();
    if (name.kind !== 'system') throw this.#unexpected(name, 'a name that begins with `$` after `{`');
    const end = this.#close('}', '`}`').end;
    return this.#reference(name.value, { offset: opening.offset, end }, true, name);
  }

  #call(name: Token & { readonly kind: 'name' }): Expression {
    return this.#inside(this.#scanner.take(), () => {
      if (name.value.toLowerCase() === 'twin_change_includes') return this.#twinChangeIncludes(name);
      const args: Expression[] = [];
      while (!this.#isNext(')')) {
        if (args.length > 0) this.#close(',', 'an operator, `,` or `)`');
        args.push(this.parse(1));
      }
      const { end } = this.#scanner.take();
      return this.#built({ kind: 'call', name: name.value, args, offset: name.offset, end });
    });
  }

  #twinChangeIncludes(name: Token): Expression {
    const argument = this.#scanner.takeRawArgument();
    const path = parseTwinPath(this.#scanner.text, argument);
    const { end } = this.#close(')', '`)` after the path');
    return this.#built({ kind: 'twin-change-includes', path, offset: name.offset, end });
  }

  /** `$body.path` is a place in the body, any other `$name` a system property. `at` is the name within its braces. */
  #reference(text: string, span: Span, escaped: boolean, at: Span = span): Expression {
    const name = text.slice(1);
    if (/^body\./i.test(name)) {
      const from = at.offset + '$body.'.length;
      const path = parseBodyPath(this.#scanner.text, name.slice('body.'.length), from);
      return this.#built({ kind: 'body', name: text, path, escaped, ...span });
    }
    const bracket = text.search(/[[\]]/);
    if (bracket < 0) return this.#built({ kind: 'system', name, escaped, ...span });
    const offset = at.offset + bracket;
    throw this.#error(
      { offset, end: offset + 1 },
      {
        expected: 'no bracket in a name',
        got: `\`${text[bracket]}\``,
        hint: 'only `$body` has places such as `$body.list[0]`',
      },
    );
  }

  #join(sign: Token, left: Expression, right: Expression, chained: boolean): Expression {
    const span = { offset: left.offset, end: right.end };
    const value = sign.kind === 'sign' || sign.kind === 'keyword' ? sign.value : undefined;
    const list = value === 'AND' ? 'and' : value === 'OR' ? 'or' : value === '||' ? 'concat' : undefined;
    if (list !== undefined) {
      const before = chained && left.kind === list ? left.operands : [left];
      return this.#built({ kind: list, operands: [...before, right], ...span }, sign);
    }
    const at = spanOf(sign);
    if (value === '??') return this.#built({ kind: 'coalesce', left, right, at, ...span }, sign);
    if (PRECEDENCE.get(value as string)! >= PRECEDENCE.get('+')!) {
      const operator = value as ArithmeticOperator;
      return this.#built({ kind: 'arithmetic', operator, left, right, at, ...span }, sign);
    }
    return this.#built({ kind: 'comparison', operator: value as ComparisonOperator, left, right, at, ...span }, sign);
  }

  /** Counts brackets and prefixes while the parser is inside of them. */
  #inside(opening: Token, parse: () => Expression): Expression {
    if (++this.#brackets > ROUTE_LIMITS.nesting) throw this.#tooDeep(opening);
    const expression = parse();
    this.#brackets--;
    return expression;
  }

  /** Counts how deep a node is, as brackets are not all that makes it deep: `1 + 1 + 1 ...` is as well. */
  #built(expression: Expression, at: Span = expression): Expression {
    let height = 1;
    for (const child of childrenOf(expression)) height = Math.max(height, 1 + this.#heights.get(child)!);
    if (height > ROUTE_LIMITS.nesting) throw this.#tooDeep(at);
    this.#heights.set(expression, height);
    return expression;
  }

  #isNext(sign: string): boolean {
    const { next } = this.#scanner;
    return next.kind === 'sign' && next.value === sign;
  }

  #close(sign: string, expected: string): Token {
    if (!this.#isNext(sign)) throw this.#unexpected(this.#scanner.next, expected);
    return this.#scanner.take();
  }

  #unexpected(token: Token, expected: string): Error {
    return unexpectedToken(this.#scanner.text, token, expected);
  }

  #tooDeep(at: Span): Error {
    const expected = `at most ${ROUTE_LIMITS.nesting} levels of brackets and operators`;
    return this.#error(at, { expected, got: 'more' });
  }

  #error(span: Span, details: RouteErrorDetails): Error {
    return routeError('ROUTE_SYNTAX', this.#scanner.text, span, details);
  }
}

/** The error for a token that cannot stand where it does. */
export function unexpectedToken(text: string, token: Token, expected: string): Error {
  const word = text.slice(token.offset, token.end);
  const got = token.kind === 'end' ? 'the end of the route' : quote(word);
  return routeError('ROUTE_SYNTAX', text, token, { expected, got, hint: hintForToken(text, token, word) });
}

/** What people write who think of another language. */
function hintForToken(text: string, token: Token, word: string): string | undefined {
  if (word === '&&') return 'write `AND`';
  if (word === '=' && text[token.offset - 1] === '=') return 'write one `=` to compare';
  if (/^-\d/.test(word)) return 'write white space after `-` to subtract';
  return undefined;
}

const spanOf = ({ offset, end }: Span): Span => ({ offset, end });
