import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DemoBroker } from '../tools/src/demo/broker.ts';
import { Workspace } from '../tools/src/demo/workspace.ts';
import { atMost, type Bench, rounded } from './lib/bench.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HOST = ['--disable-wasm-trap-handler', 'host/dist/gatehouse-host.js'];
const STARTS = 7;
const RUN_MS = Number(process.env['GATEHOUSE_FOOTPRINT_MS'] ?? 60_000);
const SETTLE_MS = 1_000;
const TICKS_PER_SECOND = 100;

/** The host as it is shipped, running the pump example against the simulator and a broker. Linux only. */
export const footprint: Bench = {
  name: 'footprint',
  question:
    'What do 60 s of the pump deployment at 10 polls a second cost in memory and processor, and how soon is it up?',
  async run() {
    const pump = await startPump();
    let arrived: () => void = () => undefined;
    const broker = await DemoBroker.open(0, () => arrived());
    const workspace = Workspace.create({
      example: `${ROOT}/examples/pump`,
      brokerPort: broker.port,
      pumpPort: pump.port,
      keepFaulty: false,
    });
    const args = [...HOST, 'run', '--deployment', workspace.deployment, '--gateway', workspace.gateway];
    const startHost = async (): Promise<{ host: ChildProcess; startMs: number }> => {
      const first = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const began = performance.now();
      const host = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
      await first;
      return { host, startMs: performance.now() - began };
    };
    try {
      const starts: number[] = [];
      for (let start = 0; start < STARTS; start++) {
        const { host, startMs } = await startHost();
        starts.push(startMs);
        await end(host);
      }
      const { host } = await startHost();
      const before = cpuSeconds(host);
      await delay(RUN_MS);
      const rssMb = memoryMb(host, 'VmRSS');
      const peakRssMb = memoryMb(host, 'VmHWM');
      const cpuPercent = ((cpuSeconds(host) - before) / RUN_MS) * 100_000;
      await end(host);
      const bareNodeRssMb = await measureBareNode();
      const startMs = starts.sort((a, b) => a - b)[STARTS >> 1] ?? Number.NaN;
      const overBareMb = rssMb - bareNodeRssMb;
      return {
        figures: {
          rssMb: rounded(rssMb),
          peakRssMb: rounded(peakRssMb),
          bareNodeRssMb: rounded(bareNodeRssMb),
          overBareMb: rounded(overBareMb),
          cpuPercent: rounded(cpuPercent),
          startMs: Math.round(startMs),
          seconds: RUN_MS / 1000,
        },
        targets: [atMost('overBareMb', rounded(overBareMb), 40), atMost('startMs', Math.round(startMs), 500)],
      };
    } finally {
      workspace.remove();
      await broker.close();
      await end(pump.process);
    }
  },
};

async function startPump(): Promise<{ process: ChildProcess; port: number }> {
  const args = ['--import', 'tsx', 'tools/simulators/pump/main.ts', '--port', '0', '--fault', 'none'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, port: (JSON.parse(line) as { port: number }).port };
}

/** A Node that does nothing, for comparison. */
async function measureBareNode(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await delay(SETTLE_MS);
  const rss = memoryMb(child, 'VmRSS');
  await end(child);
  return rss;
}

function memoryMb(child: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}

/** Processor time of a process in user and system mode. */
function cpuSeconds(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
