import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { AirError } from './air-error.ts';

export interface TtyBridgeOptions {
  /** Where the symbolic link to the tty appears. */
  readonly tty: string;
  readonly socketPath: string;
  /** Whether the other end has arrived at the controller. */
  readonly isAttached: () => boolean;
}

const OPEN_MS = 8_000;
const POLL_MS = 10;
const STDERR_MAX = 500;

/**
 * A tty that leads to a controller's socket, by `socat`: libraries that only speak through a serial port need one. It stays
 * when its host closes it, as the controller behind a serial line does not notice that; the next host resets it.
 */
export class TtyBridge {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #isRunning = true;
  #complaint = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => this.#end(error.message, resolve));
      child.once('close', (code) => this.#end(`exit code ${code}`, resolve));
    });
    child.stderr?.on('data', (chunk) => {
      this.#complaint = `${this.#complaint}${chunk}`.slice(-STDERR_MAX);
    });
  }

  /** Resolves when the tty is there and leads to the controller; rejects with `TTY_LOST` when that fails. */
  static async open({ tty, socketPath, isAttached }: TtyBridgeOptions): Promise<TtyBridge> {
    const args = [`PTY,link=${tty},raw,echo=0`, `UNIX-CONNECT:${socketPath}`];
    const bridge = new TtyBridge(spawn('socat', args, { stdio: ['ignore', 'ignore', 'pipe'] }));
    const deadline = performance.now() + OPEN_MS;
    while (!existsSync(tty) || !isAttached()) {
      if (!bridge.#isRunning || performance.now() > deadline) {
        await bridge.close();
        const got = bridge.#complaint.trim();
        throw new AirError('TTY_LOST', { place: tty, expected: 'a tty made by socat', got });
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return bridge;
  }

  /** Ends the bridge; the tty disappears and its reader sees the end. */
  async close(): Promise<void> {
    if (this.#isRunning) this.#child.kill('SIGTERM');
    await this.#ended;
  }

  #end(complaint: string, resolve: () => void): void {
    this.#isRunning = false;
    this.#complaint = `${this.#complaint} (${complaint})`;
    resolve();
  }
}
