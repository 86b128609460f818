import { Arena } from '../../test/system/attacks/arena.ts';
import type { Attack } from '../../test/system/attacks/attack.ts';
import { FAMILIES } from '../../test/system/attacks/attacks.ts';
import { atMost, type Bench, median, percentile, rounded } from '../lib/bench.ts';
import { timeCalls } from './call-time.ts';

/** Messages of the neighbour while one attack runs: half a second. */
const BEATS = 500;
const BEATS_OF_START = 2_000;
const NO_ATTACK = 'none';

/** What the neighbour saw while one attack ran. */
interface Window {
  readonly attack: string;
  readonly latenciesMs: readonly number[];
}

/** What was measured in one gateway. */
interface Measured {
  readonly windows: readonly Window[];
  /** Hostile modules that did not run, or did not answer, although they were to: what the tests say about them matters more. */
  readonly astray: readonly string[];
  readonly lost: number;
  readonly sent: number;
}

/** Every hostile module that runs, one after the other, in one cell with a neighbour that handles a thousand messages a second. */
export const attacks: Bench = {
  name: 'attacks',
  question: 'How long do messages of a neighbour take while a hostile module of the same cell does its worst?',
  async run({ only = '' }) {
    const idle = await measureFamily([]);
    const windows: Window[] = [];
    const astray: string[] = [];
    let [lost, sent] = [0, 0];
    const running: Attack[] = [];
    for (const [name, all] of Object.entries(FAMILIES)) {
      const family = all.filter(({ expected }) => expected.kind !== 'refused');
      if (!name.includes(only) || family.length === 0) continue;
      running.push(...family.filter(({ expected }) => expected.kind === 'runs'));
      const found = await measureFamily(family);
      windows.push(...found.windows);
      astray.push(...found.astray);
      lost += found.lost;
      sent += found.sent;
    }
    const calls = timeCalls(running).sort((a, b) => b.ms - a.ms);
    const latencies = windows.flatMap(({ latenciesMs }) => latenciesMs);
    const byWorst = windows.sort((a, b) => p99(b) - p99(a));
    const p99Ms = rounded(percentile(latencies, 0.99));
    return {
      figures: {
        p99Ms,
        lost,
        p50Ms: rounded(median(latencies)),
        maxMs: rounded(percentile(latencies, 1)),
        p99MsWithoutAttack: rounded(p99(idle.windows[0]!)),
        attacks: windows.filter(({ attack }) => !attack.startsWith(NO_ATTACK)).length,
        messages: sent,
        astray: astray.length,
        ...(astray.length > 0 && { astrayNames: astray.join(', ') }),
        ...Object.fromEntries(calls.slice(0, 5).map(({ attack, ms }) => [`callMs, ${attack}`, rounded(ms)])),
        ...Object.fromEntries(byWorst.slice(0, 5).map((window) => [`p99Ms, ${window.attack}`, rounded(p99(window))])),
      },
      targets: [atMost('p99Ms', p99Ms, 20), atMost('lost', lost, 0), atMost('astray', astray.length, 0)],
    };
  },
};

function p99({ latenciesMs }: Window): number {
  return percentile(latenciesMs, 0.99);
}

/** Runs attacks one after the other in one gateway; those that fail to start do so in the first two seconds. */
async function measureFamily(family: readonly Attack[]): Promise<Measured> {
  const arena = await Arena.open(family);
  const { metronome } = arena;
  try {
    const failing = family.filter(({ expected }) => expected.kind === 'fails-to-start');
    const windows: Window[] = [];
    const astray: string[] = [];
    const measure = async (attack: string, beats: number, work: () => Promise<unknown>) => {
      const from = metronome.latenciesMs.length;
      await Promise.all([metronome.beats(beats), work()]);
      windows.push({ attack, latenciesMs: metronome.latenciesMs.slice(from) });
    };
    if (failing.length > 0 || family.length === 0) {
      const names = failing.map(({ name }) => name).join(', ');
      await measure(names === '' ? NO_ATTACK : `starts of ${names}`, BEATS_OF_START, async () => undefined);
    }
    for (const attack of family) {
      if (attack.expected.kind !== 'runs') continue;
      const isRunning = await arena.host.reaches(attack.name, 'running').catch(() => undefined);
      if (isRunning === undefined) astray.push(attack.name);
      else await measure(attack.name, BEATS, () => arena.attack(attack).catch(() => astray.push(attack.name)));
    }
    await metronome.stop();
    return { windows, astray, lost: metronome.lost.length, sent: metronome.sent };
  } finally {
    await arena.close();
  }
}
