import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type JsonLine = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface JsonLineProcessOptions {
  /** How people call it, in messages. */
  readonly name: string;
  /** Arguments for this Node: flags, program, its arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly onLine: (line: JsonLine) => void;
  /** The process ended although nobody asked it to. */
  readonly onLost: (message: string) => void;
}

const END_MS = 5_000;
const TAIL_LINES = 12;

/** A process of ours that prints JSON lines. Lines that are not are kept with its standard error, for the case that it fails. */
export class JsonLineProcess {
  readonly #options: JsonLineProcessOptions;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #tail: string[] = [];
  #isEnding = false;
  #isRunning = true;

  private constructor(options: JsonLineProcessOptions) {
    this.#options = options;
    // A process group of its own: Ctrl-C in the terminal reaches us alone, and we end the others in order, one after the other.
    this.#child = spawn(process.execPath, [...options.args], {
      cwd: options.cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    this.#child.stdin?.on('error', () => {});
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#take(line));
    createInterface({ input: this.#child.stderr! }).on('line', (line) => this.#keep(line));
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#keep(error.message);
        resolve();
      });
      this.#child.once('close', (code, signal) => {
        this.#keep(`(ended ${signal === null ? `with exit code ${code}` : `by ${signal}`})`);
        resolve();
      });
    });
    this.#ended.then(() => {
      this.#isRunning = false;
      if (!this.#isEnding) options.onLost(`${options.name} ended unexpectedly:\n  ${this.#tail.join('\n  ')}`);
    });
  }

  static start(options: JsonLineProcessOptions): JsonLineProcess {
    return new JsonLineProcess(options);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Asks it to end, waits, and ends it by force when it does not. */
  async end(): Promise<void> {
    this.#isEnding = true;
    if (!this.#isRunning) return;
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    await this.#ended;
    clearTimeout(force);
  }

  #take(text: string): void {
    let line: unknown;
    try {
      line = JSON.parse(text);
    } catch {
      this.#keep(text);
      return;
    }
    if (typeof line === 'object' && line !== null && 'kind' in line && typeof line.kind === 'string') {
      this.#options.onLine(line as JsonLine);
    } else this.#keep(text);
  }

  #keep(text: string): void {
    this.#tail.push(text);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
  }
}
