// Fills a journal with numbered messages, or drains it: drain-main.mjs fill|drain FOLDER MESSAGES. Says what it found as JSON.
import { favourMemory } from '../../../host/src/cli/favour-memory.ts';
import { Journal } from '../../../host/src/journal/index.ts';

const [what, folder, count] = process.argv.slice(2);
const MESSAGES = Number(count);
const IN_FLIGHT = 64;
const LOOK_EVERY = 5_000;
const memoryMb = () => process.memoryUsage.rss() / 1e6;
const turn = () => new Promise((resolve) => setImmediate(resolve));

// As the host does.
favourMemory();
const idleMb = memoryMb();
const began = performance.now();
const journal = await Journal.open({
  folder,
  queue: { keepFreeBytes: 0 },
  events: { ready() {}, recovered() {}, problem: (error) => console.error(error.message) },
});
const openMs = performance.now() - began;
const queue = journal.queue(0);
const outbox = queue.outbox('gateway/module');

if (what === 'fill') {
  const body = Buffer.alloc(200, 'x');
  for (let n = 0; n < MESSAGES; n++) {
    body.writeUInt32LE(n);
    const { kind } = queue.append(outbox, { head: Buffer.alloc(13), body, isUrgent: true });
    if (kind !== 'queued') throw new Error(kind);
    if (n % LOOK_EVERY === 0) await queue.whenDurable();
  }
  await journal.close();
  console.log('{}');
} else {
  let [drained, outOfOrder, mostMb] = [0, 0, memoryMb()];
  const inFlight = [];
  const start = performance.now();
  while (!queue.isEmpty) {
    const departure = inFlight.length < IN_FLIGHT ? queue.take(outbox, 262_144) : undefined;
    if (departure !== undefined) {
      if (departure.body.readUInt32LE(0) !== drained++) outOfOrder++;
      inFlight.push(departure.sequence);
    } else if (inFlight.length > 0) {
      for (const sequence of inFlight.splice(0)) queue.settle(outbox, sequence);
      mostMb = Math.max(mostMb, memoryMb());
    } else await turn();
  }
  const perSecond = drained / ((performance.now() - start) / 1000);
  await journal.close();
  const { diskBytes } = queue.counters;
  console.log(JSON.stringify({ drained, outOfOrder, idleMb, mostMb, openMs, perSecond, diskBytes }));
}
