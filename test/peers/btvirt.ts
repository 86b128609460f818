import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TtyBridge } from '../../tools/simulators/ble/tty-bridge.ts';
import { until } from '../lib/until.ts';

const run = promisify(execFile);
const SHIM = fileURLToPath(new URL('btvirt-shim.c', import.meta.url));
const COMPLAINT_MAX = 2_000;

/**
 * The virtual controllers of BlueZ (Debian package `bluez-test-tools`), each with a tty: an implementation of HCI that shares
 * nothing with our virtual air. Of version 5.66 it is known that data go astray when a controller has two links at a time,
 * that a host that vanishes is not told to its peers, and that an advertisement is reported once a scan.
 */
export class Btvirt {
  readonly #folder: string;
  readonly #bridges: TtyBridge[] = [];
  #process: ChildProcess | undefined;
  #complaint = '';

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts it with so many controllers, which are in use as soon as a host opens their ttys. All files are in the folder. */
  static async open(folder: string, controllers: number): Promise<Btvirt> {
    const btvirt = new Btvirt(folder);
    try {
      await btvirt.#open(controllers);
    } catch (error) {
      await btvirt.close();
      throw error;
    }
    return btvirt;
  }

  ttyPath(controller: number): string {
    return join(this.#folder, `hci${controller}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#bridges.map((bridge) => bridge.close()));
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async #open(controllers: number): Promise<void> {
    const shim = join(this.#folder, 'shim.so');
    await run('gcc', ['-O1', '-Wall', '-Werror', '-shared', '-fPIC', '-o', shim, SHIM, '-ldl']);
    const env = { ...process.env, LD_PRELOAD: shim, BTVIRT_FOLDER: this.#folder };
    const child = spawn('btvirt', ['-s'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    child.once('error', (error) => {
      this.#complaint = error.message;
    });
    child.stderr.on('data', (chunk) => {
      this.#complaint = `${this.#complaint}${chunk}`.slice(-COMPLAINT_MAX);
    });
    // Each connection to the socket for low-energy controllers is a new one.
    const socketPath = join(this.#folder, 'le');
    await until('btvirt listens', () => {
      if (child.exitCode !== null) throw new Error(`btvirt ended: ${this.#complaint}`);
      return existsSync(socketPath);
    });
    for (let index = 0; index < controllers; index++)
      this.#bridges.push(await TtyBridge.open({ tty: this.ttyPath(index), socketPath, isAttached: () => true }));
  }
}
