interface Entry {
  readonly value: number;
  readonly setAt: number;
}

const hex2 = (value: number): string => value.toString(16).padStart(2, '0');
export const hex4 = (...values: number[]): string =>
  values.map((value) => value.toString(16).padStart(4, '0')).join('');

/** The holding registers of one module as plainly as can be: it offers 0 to 19 and accepts 10 to 29. Answers are PDUs in hexadecimal. */
export class RegisterModel {
  /** Writes that the module has not taken: address and values. */
  readonly queue: (readonly number[])[] = [];
  readonly #entries = new Map<number, Entry>();
  /** What the module has taken and not set since, by register. */
  readonly #taken = new Map<number, number>();
  readonly #staleAfterMs: number;
  #now = 0;
  #isUp = true;

  constructor(staleAfterMs: number) {
    this.#staleAfterMs = staleAfterMs;
  }

  /** Whether the module may set them. */
  set(at: number, values: readonly number[]): boolean {
    this.#isUp = true;
    if (at + values.length > 20) return false;
    for (const [index, value] of values.entries()) {
      this.#entries.set(at + index, { value, setAt: this.#now });
      this.#taken.delete(at + index);
    }
    return true;
  }

  read(at: number, count: number): string {
    if (at + count > 20) return '8302';
    const all = Array.from({ length: count }, (_, index) => at + index);
    if (!all.every((address) => this.#isFresh(address))) return '830b';
    return `03${hex2(2 * count)}${hex4(...all.map((address) => this.#entries.get(address)!.value))}`;
  }

  write(at: number, values: readonly number[]): string {
    const exception = this.#refusal(at, values.length) ?? this.#put(at, values);
    return exception === undefined ? `10${hex4(at, values.length)}` : `90${exception}`;
  }

  mask(at: number, and: number, or: number): string {
    const exception = this.#refusal(at, 1) ?? (at >= 20 ? '02' : this.#isFresh(at) ? undefined : '0b');
    if (exception !== undefined) return `96${exception}`;
    this.#put(at, [((this.#expected(at) & and) | (or & ~and)) & 0xffff]);
    return `16${hex4(at, and, or)}`;
  }

  /** The write that the module takes next: address and values. */
  take(): readonly number[] | undefined {
    const write = this.queue.shift();
    const [first = 0, ...values] = write ?? [];
    for (const [index, value] of values.entries()) this.#taken.set(first + index, value);
    return write;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  down(): void {
    this.#entries.clear();
    this.#taken.clear();
    this.queue.length = 0;
    this.#isUp = false;
  }

  #isFresh(at: number): boolean {
    return this.#now - (this.#entries.get(at)?.setAt ?? Number.NEGATIVE_INFINITY) <= this.#staleAfterMs;
  }

  /** What a register holds once everything that waits or was taken has had its effect. */
  #expected(at: number): number {
    const [first = at, ...values] =
      this.queue.findLast(([address = 0, ...written]) => at >= address && at < address + written.length) ?? [];
    return values[at - first] ?? this.#taken.get(at) ?? this.#entries.get(at)!.value;
  }

  #refusal(at: number, count: number): string | undefined {
    if (at < 10 || at + count > 30) return '02';
    return this.#isUp ? undefined : '0b';
  }

  #put(at: number, values: readonly number[]): undefined {
    this.queue.push([at, ...values]);
  }
}
