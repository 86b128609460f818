import { atLeast, atMost, type Bench, median, rounded, type Target } from '../lib/bench.ts';
import { installPeers } from '../peers/install-peers.ts';
import { PeerProcess } from '../peers/peer-process.ts';
import { type AppendRate, asTheyCome, inBatches, measureAppends } from './append-rate.ts';
import { megabytesOfDay } from './flash-day.ts';
import { MESSAGE } from './message.ts';

const WARM_UP_MS = 1_000;
const MEASURE_MS = 2_000;
const ROUNDS = 5;
const NEVER_EARLY = { commitMessages: Infinity, commitBytes: Infinity } as const;

/** The journal on a real disk, in batches of a hundred against classic-level and at two intervals, and a day of flash writes. */
export const journal: Bench = {
  name: 'journal',
  question: 'How many messages of 200 bytes a second are on the disk, and how many bytes are written for each?',
  async run({ only }) {
    const figures: Record<string, number> = { bodyBytes: MESSAGE.body.length, headBytes: MESSAGE.head.length };
    const targets: Target[] = [];
    if (only === undefined || 'batches'.includes(only)) await measureBatches(figures, targets);
    if (only === undefined || 'intervals'.includes(only)) await measureIntervals(figures);
    if (only === undefined || 'day'.includes(only)) await measureDay(figures, targets);
    return { figures, targets };
  },
};

async function measureBatches(figures: Record<string, number>, targets: Target[]): Promise<void> {
  await installPeers();
  const level = await PeerProcess.open('level-main.mjs', { payloadBytes: MESSAGE.head.length + MESSAGE.body.length });
  const ours: AppendRate[] = [];
  const theirs: number[] = [];
  const measure = (ms: number) => measureAppends({ commitMs: 100, commitMessages: 100 }, inBatches, ms);
  try {
    await measure(WARM_UP_MS);
    await level.run(WARM_UP_MS);
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await measure(MEASURE_MS));
      theirs.push((await level.run(MEASURE_MS)).perSecond);
    }
  } finally {
    await level.close();
  }
  const perSecond = Math.round(median(ours.map((rate) => rate.perSecond)));
  const bytesPerMessage = rounded(median(ours.map((rate) => rate.bytesPerMessage)));
  const vsClassicLevel = rounded(median(ours.map((rate, round) => rate.perSecond / theirs[round]!)));
  Object.assign(figures, {
    perSecond,
    bytesPerMessage,
    messagesPerSync: rounded(median(ours.map((rate) => rate.messagesPerSync))),
    usPerMessage: rounded(median(ours.map((rate) => rate.usPerMessage))),
    classicLevelPerSecond: Math.round(median(theirs)),
    vsClassicLevel,
  });
  targets.push(
    atLeast('perSecond', perSecond, 200_000),
    atMost('bytesPerMessage', bytesPerMessage, 330),
    atLeast('vsClassicLevel', vsClassicLevel, 2),
  );
}

async function measureIntervals(figures: Record<string, number>): Promise<void> {
  for (const commitMs of [10, 100]) {
    const rates: AppendRate[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rates.push(await measureAppends({ ...NEVER_EARLY, commitMs }, asTheyCome, MEASURE_MS));
    figures[`perSecondAt${commitMs}Ms`] = Math.round(median(rates.map((rate) => rate.perSecond)));
    figures[`usPerMessageAt${commitMs}Ms`] = rounded(median(rates.map((rate) => rate.usPerMessage)));
    figures[`bytesPerMessageAt${commitMs}Ms`] = rounded(median(rates.map((rate) => rate.bytesPerMessage)));
  }
}

async function measureDay(figures: Record<string, number>, targets: Target[]): Promise<void> {
  const mbPerDay = rounded(await megabytesOfDay(false));
  figures['mbPerDay'] = mbPerDay;
  figures['mbPerDayUrgent'] = rounded(await megabytesOfDay(true));
  targets.push(atMost('mbPerDay', mbPerDay, 200));
}
