import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../../lib/until.ts';

export const COMMAND = fileURLToPath(new URL('../../../tools/dist/gatehouse.js', import.meta.url));

/** The built command `gatehouse`, or what runs it, as a process. */
export class GatehouseProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  stdout = '';
  stderr = '';

  private constructor(program: string, args: readonly string[], cwd: string | undefined) {
    this.#child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#gone = once(this.#child, 'close');
    this.#child.stdout?.on('data', (text) => {
      this.stdout += text;
    });
    this.#child.stderr?.on('data', (text) => {
      this.stderr += text;
    });
  }

  /** Not on a terminal. */
  static start(args: readonly string[], cwd?: string): GatehouseProcess {
    return new GatehouseProcess(process.execPath, [COMMAND, ...args], cwd);
  }

  /** On a terminal of its own, which socat makes; what it shows there is in `stdout`. */
  static startOnTerminal(args: readonly string[]): GatehouseProcess {
    const command = [process.execPath, COMMAND, ...args].join(' ').replaceAll(/[:,"\\]/g, '\\$&');
    return new GatehouseProcess('socat', ['-', `EXEC:"${command}",pty,setsid,ctty,echo=0,stderr`], undefined);
  }

  /** Runs to its end. */
  static async run(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const gatehouse = GatehouseProcess.start(args);
    gatehouse.type('');
    const code = await gatehouse.ended();
    return { code, stdout: gatehouse.stdout, stderr: gatehouse.stderr };
  }

  /** Types a text, and ends the input when it is empty. */
  type(text: string): void {
    if (text === '') this.#child.stdin?.end();
    else this.#child.stdin?.write(text);
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Waits until what it printed holds a text. */
  async says(text: string | RegExp): Promise<void> {
    const isThere = (): boolean => {
      const all = this.stdout + this.stderr;
      return typeof text === 'string' ? all.includes(text) : text.test(all);
    };
    await until(`"${text}"`, isThere, 20_000).catch((error: Error) => {
      throw new Error(`${error.message}; it said:\n${this.stdout}${this.stderr}`);
    });
  }

  async ended(): Promise<number | null> {
    await this.#gone;
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#gone;
  }
}
