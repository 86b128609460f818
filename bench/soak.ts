// Runs the pump deployment for a long time and fails if its memory grows: npm run soak -- --minutes N.
import { parseArgs } from 'node:util';
import { delay, end, memoryMb, PumpHost } from './lib/pump-host.ts';

const WARM_UP_MS = 60_000;
const LOOK_EVERY_MS = 15_000;
const GROWTH_MAX_MB = 10;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!(minutes > 1)) throw new Error(`--minutes takes a number above 1, not "${values.minutes}"`);

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
  process.exitCode = growth > GROWTH_MAX_MB ? 1 : 0;
} finally {
  await pumpHost.close();
}
