import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DemoBroker } from '../../tools/src/demo/broker.ts';
import type { UpstreamArrival } from '../../tools/src/demo/upstream-message.ts';
import { Workspace } from '../../tools/src/demo/workspace.ts';
import { PROBE_OPTIONS } from './probe.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOST = ['--disable-wasm-trap-handler', 'host/dist/gatehouse-host.js'];
const TICKS_PER_SECOND = 100;
const END_MS = 10_000;

/** The parts of the example that a bench may add to. */
export interface ExampleFiles {
  readonly deployment: {
    readonly modulesContent: Record<string, unknown> & {
      readonly $edgeAgent: {
        readonly 'properties.desired': { readonly modules: Record<string, { settings: Record<string, unknown> }> };
      };
      readonly $edgeHub: { readonly 'properties.desired': { readonly routes: Record<string, unknown> } };
    };
  };
  readonly gateway: { readonly devices: Record<string, unknown>; lines?: Record<string, unknown> };
}

export interface PumpHostOptions {
  readonly extend?: (files: ExampleFiles) => void;
  readonly onArrival?: (arrival: UpstreamArrival) => void;
  /** Whether the host can be asked what it holds (`askProbe`). */
  readonly isProbed?: boolean;
}

/** The pump simulator, a broker, and the host as it is shipped with the pump example, which can be started many times. Linux only. */
export class PumpHost {
  readonly #pump: ChildProcess;
  readonly #broker: DemoBroker;
  readonly #workspace: Workspace;
  readonly #isProbed: boolean;
  #arrived: () => void = () => undefined;
  arrivals = 0;

  private constructor(pump: ChildProcess, broker: DemoBroker, workspace: Workspace, isProbed: boolean) {
    this.#pump = pump;
    this.#broker = broker;
    this.#workspace = workspace;
    this.#isProbed = isProbed;
  }

  static async open({ extend, onArrival, isProbed = false }: PumpHostOptions = {}): Promise<PumpHost> {
    const { process: pump, port } = await startPump();
    let count: () => void = () => undefined;
    const broker = await DemoBroker.open(0, (arrival) => {
      count();
      onArrival?.(arrival);
    });
    const workspace = Workspace.create({
      example: `${ROOT}/examples/pump`,
      brokerPort: broker.port,
      pumpPort: port,
      keepFaulty: false,
    });
    if (extend !== undefined) change(workspace, extend);
    const pumpHost = new PumpHost(pump, broker, workspace, isProbed);
    count = () => pumpHost.#arrival();
    return pumpHost;
  }

  /** Starts the host; resolves when its first message has arrived, with the milliseconds from the start of the process. */
  async start(): Promise<{ host: ChildProcess; startMs: number }> {
    const first = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    const { deployment, gateway } = this.#workspace;
    const began = performance.now();
    const args = [...HOST, 'run', '--deployment', deployment, '--gateway', gateway];
    const host = this.#isProbed
      ? spawn(process.execPath, [...PROBE_OPTIONS, ...args], {
          cwd: ROOT,
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        })
      : spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
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

function change({ deployment, gateway }: Workspace, extend: (files: ExampleFiles) => void): void {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  const files = { deployment: read(deployment), gateway: read(gateway) } as ExampleFiles;
  extend(files);
  writeFileSync(deployment, JSON.stringify(files.deployment));
  writeFileSync(gateway, JSON.stringify(files.gateway));
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
export function cpuSeconds(child: { readonly pid?: number | undefined }): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Asks a process to end, and waits until it has; one that does not is killed, and that is an error. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), END_MS);
  const [, signal] = (await gone) as [number | null, NodeJS.Signals | null];
  clearTimeout(force);
  if (signal === 'SIGKILL') throw new Error(`a process did not end within ${END_MS} ms`);
}

export const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
