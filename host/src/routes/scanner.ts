import { indexOfInvisible, isNameCharacter, isPathCharacter, isWhiteSpace } from './character-class.ts';
import { quote, type RouteErrorDetails, routeError } from './route-error.ts';
import { scanNumber } from './scan-number.ts';
import { scanString } from './scan-string.ts';
import { keywordOf, type Sign, type Token } from './token.ts';

const WORD_SIGNS: ReadonlySet<string> = new Set(['+', '-', '*', '%', '||']);
const TWO_CHARACTER_SIGNS: ReadonlySet<string> = new Set(['!=', '<>', '<=', '>=', '??']);
const ONE_CHARACTER_SIGNS: ReadonlySet<string> = new Set(['/', '=', '<', '>', '(', ')', '{', '}', ',']);
const LITERALS: ReadonlyMap<string, boolean | null | undefined> = new Map<string, boolean | null | undefined>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['undefined', undefined],
]);

/**
 * Reads tokens, the longest that fits first: nearly every printable character may be part of a name, so operators made
 * of such characters need white space around them.
 */
export class Scanner {
  readonly text: string;
  #at = 0;
  #ahead: Token | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The next token, left where it is. */
  get next(): Token {
    this.#ahead ??= this.#scan();
    return this.#ahead;
  }

  take(): Token {
    const token = this.next;
    this.#ahead = undefined;
    return token;
  }

  /** A path of names, each behind a `/`, without white space. Here a `/*` does not begin a comment. */
  takePath(): { readonly text: string; readonly offset: number; readonly end: number } {
    this.#skipWhiteSpace();
    const { text } = this;
    const offset = this.#at;
    const before = 'a source such as `/messages/*`';
    if (text[offset] !== '/') throw this.#unexpected(offset, before);
    while (text[this.#at] === '/') {
      const end = this.#endOfWord(this.#at + 1, isNameCharacter);
      if (end === this.#at + 1) throw this.#unexpected(end, 'a name or `*` after `/`');
      this.#at = end;
    }
    const end = this.#at;
    if (end < text.length && !isWhiteSpace(text[end])) {
      throw this.#unexpected(end, 'white space after the source of the route');
    }
    this.#refuseInvisible(offset, text.slice(offset, end));
    return { text: text.slice(offset, end), offset, end };
  }

  /** Everything up to the next closing bracket or comma, for an argument that is no expression. */
  takeRawArgument(): { readonly text: string; readonly offset: number; readonly end: number } {
    this.#skipWhiteSpace();
    const offset = this.#at;
    let end = offset;
    while (isPathCharacter(this.text[end])) end++;
    this.#at = end;
    return { text: this.text.slice(offset, end), offset, end };
  }

  #scan(): Token {
    this.#skipWhiteSpaceAndComments();
    const { text } = this;
    const offset = this.#at;
    const character = text[offset];
    if (character === undefined) return { kind: 'end', offset, end: offset };
    if (character === '"' || character === "'") return this.#scanQuoted(offset);
    const pair = text.slice(offset, offset + 2);
    if (TWO_CHARACTER_SIGNS.has(pair)) return this.#sign(offset, pair);
    if (ONE_CHARACTER_SIGNS.has(character)) return this.#sign(offset, character);
    if (!isNameCharacter(character)) throw this.#unexpected(offset, 'a name, a value or an operator');
    return this.#scanWord(offset);
  }

  #scanQuoted(offset: number): Token {
    const { value, end } = scanString(this.text, offset);
    const nameEnd = this.text[offset] === "'" ? this.#endOfWord(offset, isNameCharacter) : end;
    if (nameEnd > end) throw this.#refuseName(offset, nameEnd, 'white space after a closing quote');
    this.#at = end;
    return { kind: 'literal', value, offset, end };
  }

  #scanWord(offset: number): Token {
    const { text } = this;
    const end = this.#endOfWord(offset, isNameCharacter);
    const word = text.slice(offset, end);
    if (word[0] === '$') return this.#scanSystem(offset);
    if (isPathCharacter(text[end])) {
      throw this.#unexpected(end, 'no bracket in a name', 'only `$body` has places such as `$body.list[0]`');
    }
    if (WORD_SIGNS.has(word)) return this.#sign(offset, word);
    this.#at = end;
    const keyword = keywordOf(word);
    if (keyword !== undefined) return { kind: 'keyword', value: keyword, offset, end };
    if (LITERALS.has(word)) return { kind: 'literal', value: LITERALS.get(word), offset, end };
    const number = scanNumber(text, offset, word);
    if (number !== undefined) return { kind: 'literal', value: number, offset, end };
    this.#checkName(offset, word);
    return { kind: 'name', value: word, offset, end };
  }

  #scanSystem(offset: number): Token {
    const end = this.#endOfWord(offset, isPathCharacter);
    const value = this.text.slice(offset, end);
    if (value.length === 1) throw this.#unexpected(end, 'a name after `$`');
    this.#checkName(offset, value);
    this.#at = end;
    return { kind: 'system', value, offset, end };
  }

  /** Refuses what the grammar calls a name but nobody means as one: an operator without white space around it. */
  #checkName(offset: number, name: string): void {
    this.#refuseInvisible(offset, name);
    const end = offset + name.length;
    if (/^[-+*%|!]/.test(name)) throw this.#refuseName(offset, end, `white space after \`${name[0]}\``);
    if (name.includes("'")) throw this.#refuseName(offset, end, 'white space before a quote');
    if (name.includes('||')) throw this.#refuseName(offset, end, 'white space around `||`');
    if (name.endsWith('!') && this.text[end] === '=') throw this.#refuseName(offset, end, 'white space before `!=`');
  }

  #refuseName(offset: number, end: number, expected: string): Error {
    const got = quote(this.text.slice(offset, end));
    return this.#error(offset, end, { expected, got, hint: 'without it all of this would be read as one name' });
  }

  #refuseInvisible(offset: number, word: string): void {
    const index = indexOfInvisible(word);
    if (index < 0) return;
    const code = word.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0');
    const details = {
      expected: 'a visible character',
      got: `U+${code}`,
      hint: 'it may have been copied from a document',
    };
    throw this.#error(offset + index, offset + index + 1, details);
  }

  #sign(offset: number, sign: string): Token {
    this.#at = offset + sign.length;
    return { kind: 'sign', value: sign as Sign, offset, end: this.#at };
  }

  #endOfWord(offset: number, belongs: (character: string | undefined) => boolean): number {
    let end = offset;
    while (belongs(this.text[end])) end++;
    return end;
  }

  #skipWhiteSpace(): void {
    while (isWhiteSpace(this.text[this.#at])) this.#at++;
  }

  #skipWhiteSpaceAndComments(): void {
    for (;;) {
      this.#skipWhiteSpace();
      if (!this.text.startsWith('/*', this.#at)) return;
      this.#skipComment();
    }
  }

  /** A comment with a second opening mark is refused: its first one is rather a source, and a condition would vanish. */
  #skipComment(): void {
    const offset = this.#at;
    const close = this.text.indexOf('*/', offset + 2);
    if (close < 0) {
      const got = 'the end of the route';
      throw this.#error(offset, offset + 2, { expected: 'a comment that ends with `*/`', got });
    }
    const nested = this.text.slice(offset, close).indexOf('/*', 2);
    if (nested >= 0) {
      const details = { expected: '`*/` before another comment begins', got: '`/*`' };
      throw this.#error(offset + nested, offset + nested + 2, details);
    }
    this.#at = close + 2;
  }

  #unexpected(offset: number, expected: string, hint?: string): Error {
    const character = this.text.codePointAt(offset);
    const got = character === undefined ? 'the end of the route' : quote(String.fromCodePoint(character));
    return this.#error(offset, Math.min(this.text.length, offset + 1), { expected, got, hint });
  }

  #error(offset: number, end: number, details: RouteErrorDetails): Error {
    return routeError('ROUTE_SYNTAX', this.text, { offset, end }, details);
  }
}
