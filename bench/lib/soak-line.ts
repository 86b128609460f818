import { LeafLine } from './leaf-line.ts';
import { askProbe, type Held } from './probe.ts';
import { delay, end, memoryMb, PumpHost } from './pump-host.ts';

const WARM_UP_MS = 60_000;
const SETTLING_LOOKS = 6;
const SETTLING_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 15_000;
/** Memory in use behind a collection hardly moves; resident memory is judged by whoever asks. */
const HELD_GROWTH_MAX_MB = 2;
const TIMERS_MORE_MAX = 10;

/**
 * The pump deployment with a serial line of ten units beside it, three of which are dead, for some minutes. Returns by how
 * many MB its resident memory grew; throws when objects or timers pile up, or when a unit that lives has nothing to say.
 */
export async function soakLine(minutes: number): Promise<number> {
  const line = await LeafLine.open();
  try {
    const pumpHost = await PumpHost.open({
      isProbed: true,
      extend: (files) => line.addTo(files),
      onArrival: ({ module = '', payload }) => line.take(module, Buffer.from(payload).toString()),
    });
    try {
      return await watch(pumpHost, line, minutes);
    } finally {
      await pumpHost.close();
    }
  } finally {
    await line.close();
  }
}

async function watch(pumpHost: PumpHost, line: LeafLine, minutes: number): Promise<number> {
  const { host } = await pumpHost.start();
  try {
    const began = performance.now();
    await delay(WARM_UP_MS);
    const settled: Held[] = [];
    for (let look = 0; look < SETTLING_LOOKS; look++) {
      settled.push(await askProbe(host));
      await delay(SETTLING_EVERY_MS);
    }
    const [heldMax, timersMax] = [largest(settled, 'heldBytes'), largest(settled, 'timers')];
    const settledMb = memoryMb(host, 'VmRSS');
    let highestMb = settledMb;
    line.takeSilent();
    while (performance.now() - began < minutes * 60_000) {
      await delay(LOOK_EVERY_MS);
      const nowMb = memoryMb(host, 'VmRSS');
      const { heldBytes, timers } = await askProbe(host);
      highestMb = Math.max(highestMb, nowMb);
      const minute = ((performance.now() - began) / 60_000).toFixed(1);
      const held = (heldBytes / 2 ** 20).toFixed(2);
      console.log(
        `${minute} min: ${nowMb.toFixed(1)} MB, ${held} MB of it held, ${timers} timers, ${pumpHost.arrivals} messages upstream`,
      );
      if (heldBytes - heldMax > HELD_GROWTH_MAX_MB * 2 ** 20) throw new Error(`it held ${heldMax} bytes at first`);
      if (timers - timersMax > TIMERS_MORE_MAX) throw new Error(`it had ${timersMax} timers at first`);
      const silent = line.takeSilent();
      if (silent.length > 0) throw new Error(`nothing came from unit ${silent.join(', ')}`);
    }
    const growth = highestMb - settledMb;
    console.log(
      `after ${WARM_UP_MS / 1000} s ${settledMb.toFixed(1)} MB, at most ${growth.toFixed(1)} MB more in ${minutes} minutes`,
    );
    return growth;
  } finally {
    await end(host);
  }
}

const largest = (all: readonly Held[], key: keyof Held): number => Math.max(...all.map((held) => held[key]));
