import { type ErrorCode, GatehouseError } from '../errors.ts';

/** A part of the text of a route, in UTF-16 units from its beginning. */
export interface Span {
  readonly offset: number;
  readonly end: number;
}

export interface RouteErrorDetails {
  readonly expected: string;
  readonly got: string;
  /** What to write instead, as a clause. */
  readonly hint?: string | undefined;
}

type RouteErrorCode = Extract<ErrorCode, 'ROUTE_SYNTAX' | 'ROUTE_TYPE' | 'ROUTE_UNKNOWN_FUNCTION'>;

/** An error at a place of a route. Its details are `offset`, `expected` and `got`; its message shows the place in the text. */
export function routeError(code: RouteErrorCode, text: string, span: Span, details: RouteErrorDetails): GatehouseError {
  const { expected, got, hint } = details;
  const sentence = `expected ${expected}, got ${got} at character ${span.offset + 1}: ${showPlace(text, span)}`;
  return new GatehouseError(code, hint === undefined ? sentence : `${sentence}; ${hint}`, {
    details: { offset: span.offset, expected, got },
  });
}

const BEFORE = 32;
const WITHIN = 40;
const AFTER = 24;

/** The place and what is around it on one line, the place between two arrows. */
export function showPlace(text: string, span: Span): string {
  const from = Math.max(0, span.offset - BEFORE);
  const end = Math.min(span.end, span.offset + WITHIN);
  const to = Math.min(text.length, end + AFTER);
  const before = `${from > 0 ? '...' : ''}${text.slice(from, span.offset)}`;
  const after = `${text.slice(end, to)}${to < text.length ? '...' : ''}`;
  return onOneLine(`${before}→${text.slice(span.offset, end)}←${after}`);
}

/** A part of the route between backquotes, cut to a length that a person reads. */
export function quote(text: string): string {
  return onOneLine(`\`${text.length > WITHIN ? `${text.slice(0, WITHIN)}...` : text}\``);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must not reach a terminal or a log.
const onOneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
