import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal, type JournalQueue, type QueueOptions } from '../../host/src/journal/index.ts';
import { MESSAGE } from './message.ts';

const BATCH = 100;
/** Appends between two turns of the event loop, when there are no batches. */
const BURST = 1_000;
const MEMORY_BYTES = 67_108_864;

export interface AppendRate {
  readonly perSecond: number;
  /** What the system was made to write, whole pages; what the journal handed over where the system does not tell. */
  readonly bytesPerMessage: number;
  readonly messagesPerSync: number;
  /** Processor time, of all threads. */
  readonly usPerMessage: number;
}

/** Appends for some time into an empty journal on a real disk; everything is durable when it ends. */
export async function measureAppends(options: Partial<QueueOptions>, work: Work, ms: number): Promise<AppendRate> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const journal = await Journal.open({
    folder,
    queue: { memoryBytes: MEMORY_BYTES, quotaBytes: 2 ** 40, keepFreeBytes: 0, ...options },
    events: {
      ready() {},
      recovered() {},
      problem(error) {
        throw error;
      },
    },
  });
  try {
    const queue = journal.queue(0);
    const [began, used, writtenBefore] = [performance.now(), process.cpuUsage(), writtenBytes()];
    const messages = await work(queue, began + ms);
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(used);
    const { bytesWritten, syncs } = queue.counters;
    const written = writtenBefore === undefined ? bytesWritten : (writtenBytes() as number) - writtenBefore;
    return {
      perSecond: messages / seconds,
      bytesPerMessage: written / messages,
      messagesPerSync: messages / syncs,
      usPerMessage: (user + system) / messages,
    };
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true });
  }
}

/** Appends until a moment, waits for the disk, and gives how many messages it were. */
export type Work = (queue: JournalQueue, until: number) => Promise<number>;

/** A hundred messages a sync; the next hundred is appended while the last one is written. */
export const inBatches: Work = async (queue, until) => {
  const outbox = queue.outbox(MESSAGE.name);
  let count = 0;
  let before = Promise.resolve<unknown>(undefined);
  while (performance.now() < until) {
    for (let n = 0; n < BATCH; n++) queue.append(outbox, { head: MESSAGE.head, body: MESSAGE.body, isUrgent: true });
    count += BATCH;
    const durable = queue.whenDurable();
    await before;
    // The commit of these hundred has begun before the next are appended.
    await new Promise((resolve) => setImmediate(resolve));
    before = durable;
  }
  await before;
  return count;
};

/** As many as memory takes; the interval decides when they are synced. */
export const asTheyCome: Work = async (queue, until) => {
  const outbox = queue.outbox(MESSAGE.name);
  let count = 0;
  while (performance.now() < until) {
    for (let n = 0; n < BURST; n++) queue.append(outbox, { head: MESSAGE.head, body: MESSAGE.body, isUrgent: true });
    count += BURST;
    if (queue.counters.memoryBytes > MEMORY_BYTES / 2) await queue.whenDurable();
    else await new Promise((resolve) => setImmediate(resolve));
  }
  await queue.whenDurable();
  return count;
};

/** What this process made the system write to disks, as Linux counts it. */
function writtenBytes(): number | undefined {
  if (!existsSync('/proc/self/io')) return undefined;
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1]);
}
