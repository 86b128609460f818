// Appends messages to a journal until it is killed: writer.mjs FOLDER. Says on standard output, a line each, what is durable
// (`d NAME NUMBER`) and what it settles (`s NAME NUMBER`), before it does so.
import { Journal } from '../../../host/src/journal/index.ts';

const NAMES = ['a', 'b', 'c'];
const BATCH = 20;
const journal = await Journal.open({
  folder: process.argv[2],
  queue: { segmentBytes: 65_536, cursorMs: 50, commitMs: 5, keepFreeBytes: 0 },
  events: { ready() {}, recovered() {}, problem: (error) => process.stdout.write(`problem ${error.message}\n`) },
});
const queue = journal.queue(1);
process.stdout.write(`epoch ${journal.epoch}\n`);

const start = Number(process.argv[3]);
for (let number = start; ; number += BATCH) {
  const lines = [];
  for (let n = number; n < number + BATCH; n++) {
    const name = NAMES[n % NAMES.length];
    const body = Buffer.from(`${n}`.padEnd(100 + (n % 200)));
    queue.append(queue.outbox(name), { head: Buffer.alloc(0), body, isUrgent: true });
    lines.push(`d ${name} ${n}\n`);
  }
  const { kind } = await queue.whenDurable();
  if (kind === 'durable') process.stdout.write(lines.join(''));
  for (const name of NAMES) {
    for (let n = 0; n < BATCH / 4; n++) {
      const departure = queue.take(queue.outbox(name), 1e9);
      if (departure === undefined) break;
      process.stdout.write(`s ${name} ${Number(departure.body.toString())}\n`);
      queue.settle(queue.outbox(name), departure.sequence);
    }
  }
}
