import type { ModuleStatus } from '../../host/src/cell/status.ts';
import { atLeast, atMost, type Bench, rounded } from '../lib/bench.ts';
import { delay } from '../lib/pump-host.ts';
import { TICKER, writeCrowd } from './crowd.ts';
import { CrowdedHost } from './crowded-host.ts';

const MODULES = 1_000;
/** One of each kind: what the host needs by itself. */
const FEW = 4;
const RUN_MS = 30_000;

/** The host with a thousand modules, and with four, each handling a message a second. */
export const density: Bench = {
  name: 'density',
  question: 'What do 1,000 running modules of four kinds cost in memory and time to start, in 512 GiB of addresses?',
  async run() {
    const few = await measure(FEW);
    const many = await measure(MODULES);
    const added = MODULES - FEW;
    const [rssMb, startMs] = [rounded(many.rssMb), Math.round(many.startMs)];
    return {
      figures: {
        rssMb,
        startMs,
        handledPerModulePerSecond: rounded(many.leastPerSecond),
        bytesPerModule: Math.round(((many.rssMb - few.rssMb) * 2 ** 20) / added),
        startCpuMs: Math.round(many.startCpuMs),
        startMsPerModule: rounded((many.startMs - few.startMs) / added),
        wasmMemoryMb: rounded(many.wasmMemoryMb),
        rssMbOfFour: rounded(few.rssMb),
        startMsOfFour: Math.round(few.startMs),
      },
      targets: [
        atMost('rssMb', rssMb, 150),
        atMost('startMs', startMs, 2_000),
        atLeast('handledPerModulePerSecond', rounded(many.leastPerSecond), 0.9),
      ],
    };
  },
};

interface Crowding {
  readonly rssMb: number;
  readonly startMs: number;
  /** Processor time until then, which a busy machine does not lengthen. */
  readonly startCpuMs: number;
  /** Events of the module that handled fewest. */
  readonly leastPerSecond: number;
  readonly wasmMemoryMb: number;
}

async function measure(count: number): Promise<Crowding> {
  const files = writeCrowd(count);
  try {
    const host = await CrowdedHost.open(files, count + 1);
    try {
      const { startMs, cpuMs } = host;
      await delay(RUN_MS / 2);
      const before = eventsOf(host);
      await delay(RUN_MS / 2);
      const after = eventsOf(host);
      const handled = [...after].map(([id, events]) => events - (before.get(id) ?? 0));
      const wasmBytes = modulesOf(host).reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
      return {
        rssMb: host.rssMb,
        startMs,
        startCpuMs: cpuMs,
        leastPerSecond: Math.min(...handled) / (RUN_MS / 2000),
        wasmMemoryMb: wasmBytes / 2 ** 20,
      };
    } finally {
      await host.close();
    }
  } finally {
    files.remove();
  }
}

function eventsOf(host: CrowdedHost): Map<string, number> {
  return new Map(modulesOf(host).map(({ id, counters }) => [id, counters.events]));
}

function modulesOf({ status }: CrowdedHost): ModuleStatus[] {
  return (status?.modules ?? []).filter(({ id }) => id !== TICKER);
}
