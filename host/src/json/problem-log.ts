import type { ErrorCode, Problem } from '../errors.ts';
import { type Position, positionsOf } from './position.ts';

/** Most problems of one file that are told apart; the rest is summed up in one. */
export const PROBLEMS_MAX = 200;

export interface ProblemAt {
  readonly code: ErrorCode;
  readonly path: string;
  readonly message: string;
  readonly severity?: Problem['severity'];
  readonly module?: string | undefined;
  /** Without it, the place is that of the path, or of the closest parent that the file has. */
  readonly offset?: number;
  /** The path is that of a text, and this the character of its value that is meant, from 0. */
  readonly character?: number;
}

/** Collects what is wrong with one file and knows where in the text each path is. */
export class ProblemLog {
  readonly file: string;
  readonly #text: string;
  readonly #position: (offset: number) => Position;
  readonly #offsets = new Map<string, number>();
  readonly #problems: Problem[] = [];
  #dropped = 0;
  /** The worst of those that are only counted. */
  #droppedSeverity: Problem['severity'] = 'warning';
  #fileIsWrong = false;
  readonly #wrongModules = new Set<string>();

  constructor(file: string, text: string) {
    this.file = file;
    this.#text = text;
    this.#position = positionsOf(text);
  }

  /** Remembers where a path is, so that problems found later can name the line. */
  place(path: string, offset: number): void {
    this.#offsets.set(path, offset);
  }

  add({ code, path, message, severity = 'error', module, ...place }: ProblemAt): void {
    if (severity === 'error') {
      if (module === undefined) this.#fileIsWrong = true;
      else this.#wrongModules.add(module);
    }
    if (this.#problems.length === PROBLEMS_MAX) {
      this.#dropped++;
      if (severity === 'error') this.#droppedSeverity = 'error';
      return;
    }
    this.#problems.push({
      severity,
      code,
      file: this.file,
      path,
      ...this.#position(this.#offsetFor({ path, ...place })),
      ...(module === undefined ? {} : { module }),
      message,
    });
  }

  /** True once further problems are only counted, so that there is no point in finding words for them. */
  get isFull(): boolean {
    return this.#problems.length === PROBLEMS_MAX;
  }

  /** True once an error concerns the file as a whole and not one module. */
  get fileIsWrong(): boolean {
    return this.#fileIsWrong;
  }

  /** Modules with an error of their own. */
  get wrongModules(): ReadonlySet<string> {
    return this.#wrongModules;
  }

  /** All problems so far, in the order of the text. */
  get problems(): Problem[] {
    const sorted = this.#problems.toSorted(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
    const last = sorted.at(-1);
    if (this.#dropped === 0 || last === undefined) return sorted;
    const { module: _, ...place } = last;
    const message = `and ${this.#dropped} more problems`;
    return [...sorted, { ...place, severity: this.#droppedSeverity, path: '', message }];
  }

  #offsetFor({ path, offset, character }: Pick<ProblemAt, 'path' | 'offset' | 'character'>): number {
    if (offset !== undefined) return offset;
    const start = this.#offsetOf(path);
    return character === undefined ? start : offsetInString(this.#text, start, character);
  }

  #offsetOf(path: string): number {
    let best = 0;
    let bestLength = -1;
    const exact = this.#offsets.get(path);
    if (exact !== undefined) return exact;
    for (const [known, offset] of this.#offsets) {
      if (known.length > bestLength && isParent(known, path)) {
        best = offset;
        bestLength = known.length;
      }
    }
    return best;
  }
}

const isParent = (parent: string, path: string): boolean =>
  parent === '' || path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`);

/** Where a character of a JSON string is in the text, by passing over the escapes before it. */
function offsetInString(text: string, start: number, character: number): number {
  let offset = start + 1;
  for (let passed = 0; passed < character && offset < text.length; passed++) {
    offset += text[offset] !== '\\' ? 1 : text[offset + 1] === 'u' ? 6 : 2;
  }
  return offset;
}
