import type { Span } from './route-error.ts';

export type Keyword = 'SELECT' | 'FROM' | 'WHERE' | 'INTO' | 'AND' | 'OR' | 'NOT';

/** Signs that are tokens of their own, operators first. */
export type Sign =
  | ('+' | '-' | '*' | '/' | '%' | '||' | '??')
  | ('=' | '!=' | '<>' | '<' | '<=' | '>' | '>=')
  | ('(' | ')' | '{' | '}' | ',');

export type Token = Span &
  (
    | { readonly kind: 'keyword'; readonly value: Keyword }
    | { readonly kind: 'sign'; readonly value: Sign }
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null | undefined }
    /** A name without `$`: an application property or a function. */
    | { readonly kind: 'name'; readonly value: string }
    /** A name with its `$`. */
    | { readonly kind: 'system'; readonly value: string }
    | { readonly kind: 'end' }
  );

const KEYWORDS: ReadonlySet<string> = new Set<Keyword>(['SELECT', 'FROM', 'WHERE', 'INTO', 'AND', 'OR', 'NOT']);

/** Keywords are written in any case. */
export function keywordOf(word: string): Keyword | undefined {
  const upper = word.toUpperCase();
  return KEYWORDS.has(upper) ? (upper as Keyword) : undefined;
}
