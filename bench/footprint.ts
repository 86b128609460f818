import { spawn } from 'node:child_process';
import { atMost, type Bench, rounded } from './lib/bench.ts';
import { cpuSeconds, delay, end, memoryMb, PumpHost } from './lib/pump-host.ts';

const STARTS = 7;
const RUN_MS = 60_000;
const SETTLE_MS = 1_000;

/** The host as it is shipped, running the pump example against the simulator and a broker. */
export const footprint: Bench = {
  name: 'footprint',
  question:
    'What do 60 s of the pump deployment at 10 polls a second cost in memory and processor, and how soon is it up?',
  async run() {
    const pumpHost = await PumpHost.open();
    try {
      const starts: number[] = [];
      for (let start = 0; start < STARTS; start++) {
        const { host, startMs } = await pumpHost.start();
        starts.push(startMs);
        await end(host);
      }
      const { host } = await pumpHost.start();
      const before = cpuSeconds(host);
      await delay(RUN_MS);
      const rssMb = memoryMb(host, 'VmRSS');
      const peakRssMb = memoryMb(host, 'VmHWM');
      const cpuPercent = ((cpuSeconds(host) - before) / RUN_MS) * 100_000;
      await end(host);
      const bareNodeRssMb = await measureBareNode();
      const startMs = Math.round(starts.sort((a, b) => a - b)[STARTS >> 1] ?? Number.NaN);
      const overBareMb = rounded(rssMb - bareNodeRssMb);
      return {
        figures: {
          rssMb: rounded(rssMb),
          peakRssMb: rounded(peakRssMb),
          bareNodeRssMb: rounded(bareNodeRssMb),
          overBareMb,
          cpuPercent: rounded(cpuPercent),
          startMs,
          seconds: RUN_MS / 1000,
        },
        targets: [atMost('overBareMb', overBareMb, 40), atMost('startMs', startMs, 500)],
      };
    } finally {
      await pumpHost.close();
    }
  },
};

/** A Node that does nothing, for comparison. */
async function measureBareNode(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await delay(SETTLE_MS);
  const rss = memoryMb(child, 'VmRSS');
  await end(child);
  return rss;
}
