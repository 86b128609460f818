import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type PumpLine = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** The simulator as a process, with the lines it printed so far. */
export class PumpProcess {
  readonly lines: PumpLine[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    createInterface({ input: child.stdout! }).on('line', (line) => this.lines.push(JSON.parse(line) as PumpLine));
    child.stderr!.on('data', (chunk) => {
      this.#stderr += chunk;
    });
  }

  /** Starts the simulator; it ends with this process at the latest. */
  static start(args: readonly string[]): PumpProcess {
    const program = ['--import', 'tsx', 'tools/simulators/pump/main.ts', '--end-with-stdin', ...args];
    return new PumpProcess(spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** Waits for the first line of a kind that the condition accepts. */
  async line(kind: string, isWanted: (line: PumpLine) => boolean = () => true): Promise<PumpLine> {
    for (const deadline = Date.now() + 8000; Date.now() < deadline; ) {
      const found = this.lines.find((line) => line.kind === kind && isWanted(line));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`no line "${kind}" in time; lines: ${JSON.stringify(this.lines)} ${this.#stderr}`);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Sends a signal, or ends its standard input, and returns the exit code. */
  async end(how: NodeJS.Signals | 'end-stdin' = 'SIGTERM'): Promise<number | null> {
    if (how === 'end-stdin') this.#child.stdin!.end();
    else this.#child.kill(how);
    return this.#ended;
  }

  /** The exit code of a process that ends by itself. */
  exit(): Promise<number | null> {
    return this.#ended;
  }
}
