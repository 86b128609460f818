const QUIET_MS = 10_000;

/** How far something is, on stderr: one line that is written over on a terminal, else a line from time to time. */
export class Progress {
  readonly #target: NodeJS.WriteStream;
  #isShown = false;
  #lastAt = performance.now();

  constructor(target: NodeJS.WriteStream = process.stderr) {
    this.#target = target;
  }

  show(text: string): void {
    if (this.#target.isTTY) {
      this.#target.write(`\r\x1b[2K${text.slice(0, (this.#target.columns || 80) - 1)}`);
      this.#isShown = true;
    } else if (performance.now() - this.#lastAt >= QUIET_MS) {
      this.#lastAt = performance.now();
      this.#target.write(`${text}\n`);
    }
  }

  /** Takes the line away, before anything else is written. */
  clear(): void {
    if (this.#isShown) this.#target.write('\r\x1b[2K');
    this.#isShown = false;
  }
}
