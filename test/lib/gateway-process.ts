import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type TestDeployment, writeDeployment } from './deployment.ts';
import { until } from './until.ts';

const HOST = fileURLToPath(new URL('../../host/dist/gatehouse-host.js', import.meta.url));
const START_MS = 180_000;
const END_MS = 60_000;
const STDERR_MAX = 10_000;

/** A line of `--output json`. */
export type HostLine = { readonly kind: string } & Readonly<Record<string, unknown>>;

export interface GatewayProcessOptions {
  /** The words that start Node: another version, one in an emulator, options of its own. */
  readonly node?: readonly [program: string, ...args: string[]];
  readonly statusEverySeconds?: number;
  /** Variables besides those of the test. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The bundled host as a process of its own, with everything it said as JSON lines. */
export class GatewayProcess {
  readonly lines: HostLine[] = [];
  stderr = '';
  readonly #child: ChildProcess;
  readonly #files: TestDeployment;
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, files: TestDeployment) {
    this.#child = child;
    this.#files = files;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    createInterface({ input: child.stdout! }).on('line', (line) => this.lines.push(JSON.parse(line) as HostLine));
    child.stderr!.on('data', (chunk) => {
      this.stderr = `${this.stderr}${chunk}`.slice(-STDERR_MAX);
    });
  }

  /** Starts it; resolves when the modules have reached a state. The caller closes it. */
  static async open(
    parts: Parameters<typeof writeDeployment>[0],
    { node = [process.execPath], statusEverySeconds = 0, env = {} }: GatewayProcessOptions = {},
  ): Promise<GatewayProcess> {
    const files = writeDeployment(parts);
    const [program, ...args] = node;
    const host = [HOST, 'run', files.deployment, '--output', 'json', '--status-every', String(statusEverySeconds)];
    const child = spawn(program, [...args, ...host], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const gateway = new GatewayProcess(child, files);
    try {
      await once(child, 'spawn');
      for (const module of Object.keys(parts.modules))
        await gateway.line('state', ({ module: name, state }) => name === module && state === 'running', START_MS);
    } catch (error) {
      await gateway.abort();
      throw error;
    }
    return gateway;
  }

  /** Its configuration. */
  get files(): Pick<TestDeployment, 'folder' | 'deployment' | 'gateway'> {
    return this.#files;
  }

  get id(): number {
    return this.#child.pid as number;
  }

  /** Waits for a line, from the first one on. */
  line(kind: string, isWanted: (line: HostLine) => boolean = () => true, timeoutMs?: number): Promise<HostLine> {
    const find = (): HostLine | undefined => {
      const found = this.lines.find((line) => line.kind === kind && isWanted(line));
      if (found === undefined && this.#child.exitCode !== null) throw new Error(`the host ended: ${this.stderr}`);
      return found;
    };
    return until(`a line "${kind}" of the host`, find, timeoutMs).catch((error: Error) => {
      const said = this.lines.slice(-20).map((line) => JSON.stringify(line));
      throw new Error([error.message, ...said, this.stderr].join('\n'), { cause: error });
    });
  }

  /** Asks it to end in order; gives the exit code. */
  async close(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    try {
      return await this.#ended;
    } finally {
      clearTimeout(force);
      this.#files.remove();
    }
  }

  /** Ends it at once. */
  async abort(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
    this.#files.remove();
  }
}
