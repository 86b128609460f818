// Fails if memory grows: npm run soak -- --minutes N runs the pump deployment for a long time, with --line beside
// a serial line of ten units, three of them dead; npm run soak -- --cycles N lets modules start, trap and be discarded so many times.
import { parseArgs } from 'node:util';
import { runTrapCycles } from '../test/system/attacks/trap-cycles.ts';
import { delay, end, memoryMb, PumpHost } from './lib/pump-host.ts';
import { soakLine } from './lib/soak-line.ts';

const WARM_UP_MS = 60_000;
const LOOK_EVERY_MS = 15_000;
const GROWTH_MAX_MB = 10;
const CYCLES_MIN = 2_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, line: { type: 'boolean' }, cycles: { type: 'string' } },
});
const growthMb =
  values.cycles === undefined ? await runDeployment(Number(values.minutes)) : await trap(Number(values.cycles));
process.exitCode = growthMb > GROWTH_MAX_MB ? 1 : 0;

async function trap(wanted: number): Promise<number> {
  if (!(wanted >= CYCLES_MIN))
    throw new Error(`--cycles takes a number of at least ${CYCLES_MIN}, not "${values.cycles}"`);
  const { cycles, settledMb, endMb } = await runTrapCycles(wanted, (done, nowMb) =>
    console.log(`${done} cycles: ${nowMb.toFixed(1)} MB, what waits for collection included`),
  );
  console.log(`after 1,000 cycles ${settledMb.toFixed(1)} MB, after ${cycles} ${endMb.toFixed(1)} MB`);
  return endMb - settledMb;
}

function runDeployment(minutes: number): Promise<number> {
  if (!(minutes > 1)) throw new Error(`--minutes takes a number above 1, not "${values.minutes}"`);
  return values.line === true ? soakLine(minutes) : runPump(minutes);
}

async function runPump(minutes: number): Promise<number> {
  const pumpHost = await PumpHost.open();
  try {
    const { host } = await pumpHost.start();
    const began = performance.now();
    await delay(WARM_UP_MS);
    const settledMb = memoryMb(host, 'VmRSS');
    let highestMb = settledMb;
    while (performance.now() - began < minutes * 60_000) {
      await delay(LOOK_EVERY_MS);
      const nowMb = memoryMb(host, 'VmRSS');
      highestMb = Math.max(highestMb, nowMb);
      const minute = ((performance.now() - began) / 60_000).toFixed(1);
      console.log(`${minute} min: ${nowMb.toFixed(1)} MB, ${pumpHost.arrivals} messages upstream`);
    }
    await end(host);
    const growth = highestMb - settledMb;
    console.log(
      `after one minute ${settledMb.toFixed(1)} MB, at most ${growth.toFixed(1)} MB more in ${minutes} minutes`,
    );
    return growth;
  } finally {
    await pumpHost.close();
  }
}
