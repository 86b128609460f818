import { quote } from './node.ts';

type Fail = (offset: number, message: string, path: string) => never;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /[A-Za-z0-9_$+.-]+/y;
/** Everything but the quote, the backslash and control characters. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The tokens of a JSON text, read one by one. Every refusal says what was expected and what came. */
export class JsonText {
  offset = 0;
  readonly #text: string;
  readonly #fail: Fail;

  constructor(text: string, fail: Fail) {
    this.#text = text;
    this.#fail = fail;
  }

  skipByteOrderMark(): void {
    if (this.#text.charCodeAt(0) === 0xfeff) this.offset = 1;
  }

  atEnd(): boolean {
    return this.offset >= this.#text.length;
  }

  /** The character at hand; empty at the end. */
  peek(): string {
    return this.#text.charAt(this.offset);
  }

  space(): void {
    while (' \t\n\r'.includes(this.peek()) && !this.atEnd()) this.offset++;
  }

  /** Passes over space, and over `character` if it comes next. */
  take(character: string): boolean {
    this.space();
    if (this.peek() !== character) return false;
    this.offset++;
    return true;
  }

  fail(message: string, path: string, shift = 0): never {
    return this.#fail(this.offset + shift, message, path);
  }

  expected(what: string, path: string): never {
    return this.fail(`expected ${what}, got ${this.#found()}`, path);
  }

  string(path: string): string {
    const start = this.offset++;
    let value = '';
    for (;;) {
      value += this.#match(PLAIN);
      const character = this.peek();
      if (character === '"') {
        if (LONE_SURROGATE.test(value)) this.#fail(start, 'a text contains half a surrogate pair', path);
        this.offset++;
        return value;
      }
      if (character === '\\') value += this.#escape(path);
      else if (this.atEnd()) this.fail('expected the closing quote of a text, got the end of the file', path);
      else this.fail(`a text may not contain the control character ${quote(character)}; write it as an escape`, path);
    }
  }

  number(path: string): number {
    const start = this.offset;
    const digits = this.#match(NUMBER);
    const rest = digits === '' ? '' : this.#match(WORD);
    if (digits === '' || rest !== '') {
      this.offset = start;
      this.expected('a value', path);
    }
    const value = Number(digits);
    if (!Number.isFinite(value)) {
      this.offset = start;
      this.fail(`the number ${quote(digits)} is too large`, path);
    }
    return value;
  }

  /** `true`, `false` or `null`. */
  word(path: string): boolean | null {
    const start = this.offset;
    const word = this.#match(WORD);
    if (Object.hasOwn(WORDS, word)) return WORDS[word]!;
    this.offset = start;
    return this.expected('a value', path);
  }

  #escape(path: string): string {
    const start = this.offset;
    const letter = this.#text.charAt(start + 1);
    if (Object.hasOwn(ESCAPES, letter)) {
      this.offset += 2;
      return ESCAPES[letter]!;
    }
    const digits = this.#text.slice(start + 2, start + 6);
    if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(digits)) {
      this.offset += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const got = quote(this.#text.slice(start, start + (letter === 'u' ? 6 : 2)));
    return this.fail(`expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX in a text, got ${got}`, path);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.offset += found.length;
    return found;
  }

  #found(): string {
    if (this.atEnd()) return 'the end of the file';
    const character = this.peek();
    if (character === "'") return 'a single quote (JSON has double quotes only)';
    if (character === '/' || character === '#') return `${quote(character)} (JSON has no comments)`;
    WORD.lastIndex = this.offset;
    const word = WORD.exec(this.#text)?.[0];
    return quote(word ?? String.fromCodePoint(this.#text.codePointAt(this.offset)!));
  }
}
