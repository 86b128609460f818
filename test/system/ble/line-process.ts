import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { until } from '../../lib/until.ts';

export type Line = { readonly kind?: string } & Readonly<Record<string, unknown>>;

/** A program of ours that prints JSON lines and ends with its standard input, so it never outlives the test. */
export class LineProcess {
  readonly lines: Line[] = [];
  stderr = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin!.on('error', () => {});
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.lines.push(JSON.parse(line) as Line));
    this.#child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
  }

  /** Waits for a line, from the first one on or behind `after`. */
  async line(
    kind: string,
    isWanted: (line: Line) => boolean = () => true,
    after = 0,
    timeoutMs = 20_000,
  ): Promise<Line> {
    const find = (): Line | undefined => this.lines.slice(after).find((line) => line.kind === kind && isWanted(line));
    return until(`line "${kind}"`, find, timeoutMs).catch((error: Error) => {
      throw new Error(`${error.message}; lines: ${JSON.stringify(this.lines)} ${this.stderr}`);
    });
  }

  write(text: string): void {
    this.#child.stdin!.write(text);
  }

  /** Sends a signal, or ends its standard input, and gives the exit code. */
  async end(how: NodeJS.Signals | 'end-stdin' = 'end-stdin'): Promise<number | null> {
    if (how === 'end-stdin') this.#child.stdin!.end();
    else this.#child.kill(how);
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 8_000);
    const code = await this.#ended;
    clearTimeout(force);
    return code;
  }
}
