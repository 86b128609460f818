import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DemoBroker } from '../../tools/src/demo/broker.ts';
import { Workspace } from '../../tools/src/demo/workspace.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOST = ['--disable-wasm-trap-handler', 'host/dist/gatehouse-host.js'];
const TICKS_PER_SECOND = 100;

/** The pump simulator, a broker, and the host as it is shipped with the pump example, which can be started many times. Linux only. */
export class PumpHost {
  readonly #pump: ChildProcess;
  readonly #broker: DemoBroker;
  readonly #workspace: Workspace;
  #arrived: () => void = () => undefined;
  arrivals = 0;

  private constructor(pump: ChildProcess, broker: DemoBroker, workspace: Workspace) {
    this.#pump = pump;
    this.#broker = broker;
    this.#workspace = workspace;
  }

  static async open(): Promise<PumpHost> {
    const { process: pump, port } = await startPump();
    let onArrival: () => void = () => undefined;
    const broker = await DemoBroker.open(0, () => onArrival());
    const workspace = Workspace.create({
      example: `${ROOT}/examples/pump`,
      brokerPort: broker.port,
      pumpPort: port,
      keepFaulty: false,
    });
    const pumpHost = new PumpHost(pump, broker, workspace);
    onArrival = () => pumpHost.#arrival();
    return pumpHost;
  }

  /** Starts the host; resolves when its first message has arrived, with the milliseconds from the start of the process. */
  async start(): Promise<{ host: ChildProcess; startMs: number }> {
    const first = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    const { deployment, gateway } = this.#workspace;
    const began = performance.now();
    const host = spawn(process.execPath, [...HOST, 'run', '--deployment', deployment, '--gateway', gateway], {
      cwd: ROOT,
      stdio: 'ignore',
    });
    await first;
    return { host, startMs: performance.now() - began };
  }

  async close(): Promise<void> {
    this.#workspace.remove();
    await this.#broker.close();
    await end(this.#pump);
  }

  #arrival(): void {
    this.arrivals++;
    this.#arrived();
  }
}

async function startPump(): Promise<{ process: ChildProcess; port: number }> {
  const args = ['--import', 'tsx', 'tools/simulators/pump/main.ts', '--port', '0', '--fault', 'none'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, port: (JSON.parse(line) as { port: number }).port };
}

/** Memory of a process in MiB: resident now, or at its peak. */
export function memoryMb(child: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}

/** Processor time of a process in user and system mode. */
export function cpuSeconds(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Asks a process to end, and waits until it has. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

export const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
