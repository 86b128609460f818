import { median, percentile, rounded } from '../lib/bench.ts';
import type { Reader } from './readers.ts';

/** What one reader did. */
export interface ReadFigures {
  readonly readsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Processor time of this process. */
  readonly cpuUs: number;
  /** Reads a second in each round, for ratios between readers that took turns. */
  readonly rounds: readonly number[];
}

interface Tally {
  readonly times: number[];
  readonly rounds: number[];
  readonly cpuUs: number[];
}

const WARM_UP_SHARE = 0.2;

/**
 * Lets readers read one after the other, in turns, so that what else happens on the machine hits all alike. Each is opened for its turn:
 * a serial port belongs to one at a time.
 */
export async function measureInTurns<Name extends string>(
  openers: Readonly<Record<Name, () => Promise<Reader>>>,
  rounds: number,
  roundMs: number,
): Promise<Record<Name, ReadFigures>> {
  const names = Object.keys(openers) as Name[];
  const tallies = new Map<Name, Tally>(names.map((name) => [name, { times: [], rounds: [], cpuUs: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const reader = await openers[name]();
      try {
        await readFor(reader, roundMs * WARM_UP_SHARE);
        await measure(reader, roundMs, tallies.get(name)!);
      } finally {
        await reader.close();
      }
    }
  }
  return Object.fromEntries([...tallies].map(([name, tally]) => [name, figuresOf(tally)])) as Record<Name, ReadFigures>;
}

/** The median of the ratios of rounds that followed each other. */
export const ratioOf = (ours: ReadFigures, other: ReadFigures): number =>
  rounded(median(ours.rounds.map((rate, index) => rate / other.rounds[index]!)));

async function measure(reader: Reader, roundMs: number, tally: Tally): Promise<void> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  const times = await readFor(reader, roundMs);
  const { user, system } = process.cpuUsage(used);
  tally.rounds.push((times.length / (performance.now() - began)) * 1000);
  tally.cpuUs.push((user + system) / times.length);
  for (const time of times) tally.times.push(time);
}

/** Milliseconds of each read. */
async function readFor(reader: Reader, ms: number): Promise<number[]> {
  const times: number[] = [];
  let now = performance.now();
  for (const end = now + ms; now < end; ) {
    const began = now;
    await reader.read();
    now = performance.now();
    times.push(now - began);
  }
  return times;
}

const figuresOf = ({ times, rounds, cpuUs }: Tally): ReadFigures => ({
  readsPerSecond: rounded(median(rounds)),
  p50Us: rounded(1000 * percentile(times, 0.5)),
  p99Us: rounded(1000 * percentile(times, 0.99)),
  cpuUs: rounded(median(cpuUs)),
  rounds,
});
