import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GatewayStatus } from '../../host/src/gateway/status.ts';
import type { TestDeployment } from '../../test/lib/deployment.ts';
import { cpuSeconds, delay, end, memoryMb } from '../lib/pump-host.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Addresses of a 64-bit kernel with 39-bit addresses, as the Raspberry Pi has. */
const ADDRESS_SPACE_KIB = 512 * 2 ** 20;
const START_DEADLINE_MS = 60_000;
/** Characters of what it said on standard error that an error repeats: it warns of every module whose output nobody takes. */
const SAID_MAX = 2_000;
const OPTIONS = ['--output', 'json', '--status-every', '1'];

/** The host as it is shipped, in a process with no more than 512 GiB of addresses. Linux only. */
export class CrowdedHost {
  readonly #child: ChildProcess;
  readonly #began = performance.now();
  readonly #running = new Set<string>();
  /** Milliseconds from the start of the process until the last module ran. */
  startMs = 0;
  status: GatewayStatus | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it; resolves when `count` modules run. */
  static async open({ deployment, gateway }: TestDeployment, count: number): Promise<CrowdedHost> {
    const node = [process.execPath, '--disable-wasm-trap-handler', 'host/dist/gatehouse-host.js', 'run'];
    const command = [...node, '--deployment', deployment, '--gateway', gateway, ...OPTIONS];
    const child = spawn('/bin/sh', ['-c', `ulimit -v ${ADDRESS_SPACE_KIB}; exec "$@"`, 'sh', ...command], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const host = new CrowdedHost(child);
    createInterface({ input: child.stdout }).on('line', (line) => host.#take(line));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-SAID_MAX);
    });
    while (host.#running.size < count) {
      const waited = performance.now() - host.#began;
      if (child.exitCode !== null || waited > START_DEADLINE_MS) {
        await end(child);
        throw new Error(`${host.#running.size} of ${count} modules ran after ${Math.round(waited)} ms:\n${said}`);
      }
      await delay(10);
    }
    return host;
  }

  /** Processor time of all its threads so far in milliseconds. */
  get cpuMs(): number {
    return cpuSeconds(this.#child) * 1000;
  }

  /** Resident memory of the process in MiB. */
  get rssMb(): number {
    return memoryMb(this.#child, 'VmRSS');
  }

  close(): Promise<void> {
    return end(this.#child);
  }

  #take(text: string): void {
    const line = JSON.parse(text) as { kind: string; module: string; state: string };
    if (line.kind === 'status') this.status = line as unknown as GatewayStatus;
    if (line.kind !== 'state') return;
    if (line.state === 'running') this.#running.add(line.module);
    else this.#running.delete(line.module);
    this.startMs = performance.now() - this.#began;
  }
}
