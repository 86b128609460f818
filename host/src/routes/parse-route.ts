import type { Expression } from './expression.ts';
import { parseCondition, unexpectedToken } from './parse-condition.ts';
import { routeError } from './route-error.ts';
import { ROUTE_LIMITS } from './route-limits.ts';
import { isBrokeredEndpoint, isUpstream, parseEndpoint, type RouteSink } from './route-sink.ts';
import { Scanner } from './scanner.ts';
import type { Keyword, Token } from './token.ts';

/** A route as written, before its types are checked. */
export interface ParsedRoute {
  readonly text: string;
  readonly source: string;
  readonly condition: Expression | undefined;
  readonly sink: RouteSink;
}

/** Parses `[SELECT *] FROM source [WHERE condition] INTO sink`. */
export function parseRoute(text: string): ParsedRoute {
  if (text.length > ROUTE_LIMITS.characters) {
    const place = { offset: ROUTE_LIMITS.characters, end: ROUTE_LIMITS.characters + 1 };
    const expected = `at most ${ROUTE_LIMITS.characters} characters`;
    throw routeError('ROUTE_SYNTAX', text, place, { expected, got: `${text.length}` });
  }
  const scanner = new Scanner(text);
  if (isKeyword(scanner.next, 'SELECT')) {
    scanner.take();
    expect(scanner, (token) => isSign(token, '*'), '`*` after `SELECT`');
    expect(scanner, (token) => isKeyword(token, 'FROM'), '`FROM`');
  } else {
    expect(scanner, (token) => isKeyword(token, 'FROM'), '`FROM` or `SELECT`');
  }
  const source = scanner.takePath().text;
  let condition: Expression | undefined;
  if (isKeyword(scanner.next, 'WHERE')) {
    scanner.take();
    condition = parseCondition(scanner);
    expect(scanner, (token) => isKeyword(token, 'INTO'), 'an operator or `INTO`');
  } else {
    expect(scanner, (token) => isKeyword(token, 'INTO'), '`WHERE` or `INTO`');
  }
  const sink = parseSink(scanner);
  expect(scanner, (token) => token.kind === 'end', 'the end of the route');
  return { text, source, condition, sink };
}

function parseSink(scanner: Scanner): RouteSink {
  const token = scanner.take();
  if (token.kind === 'system' && isUpstream(token.value)) return { kind: 'upstream' };
  if (token.kind !== 'name' || !isBrokeredEndpoint(token.value)) {
    throw unexpectedToken(scanner.text, token, '`$upstream` or `BrokeredEndpoint("/modules/MODULE/inputs/INPUT")`');
  }
  expect(scanner, (next) => isSign(next, '('), '`(` after `BrokeredEndpoint`');
  const endpoint = scanner.take();
  if (endpoint.kind !== 'literal' || typeof endpoint.value !== 'string') {
    throw unexpectedToken(scanner.text, endpoint, 'a string such as "/modules/MODULE/inputs/INPUT"');
  }
  const sink = parseEndpoint(scanner.text, endpoint.value, endpoint);
  expect(scanner, (next) => isSign(next, ')'), '`)` after the endpoint');
  return sink;
}

function expect(scanner: Scanner, fits: (token: Token) => boolean, expected: string): void {
  const token = scanner.take();
  if (!fits(token)) throw unexpectedToken(scanner.text, token, expected);
}

const isKeyword = (token: Token, keyword: Keyword): boolean => token.kind === 'keyword' && token.value === keyword;
const isSign = (token: Token, sign: string): boolean => token.kind === 'sign' && token.value === sign;
