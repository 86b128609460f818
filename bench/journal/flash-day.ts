import { Journal } from '../../host/src/journal/index.ts';
import { VirtualJournalEnvironment } from '../../test/lib/journal-rig.ts';
import { PowerCutStorage } from '../../test/lib/power-cut-storage.ts';
import { FlashStorage } from './flash-storage.ts';
import { MESSAGE } from './message.ts';

const EVERY_MS = 100;
const MINUTES = 60;
const HOURS_OF_DAY = 24;
/** From sending a message to its acknowledgement. */
const ROUND_TRIP_MS = 200;
/** Once an hour the hub is away for so long: what comes meanwhile has to be written. */
const AWAY_MS = 60_000;

/** Megabytes that ten messages a second make a gateway write in a day on line, by an hour of virtual time. */
export async function megabytesOfDay(isUrgent: boolean): Promise<number> {
  const environment = new VirtualJournalEnvironment();
  const storage = new FlashStorage(new PowerCutStorage());
  const journal = await Journal.open({
    folder: '/journal',
    storage,
    environment,
    queue: { commitMs: 100 },
    lock: async () => ({ release: async () => {} }),
    events: { ready() {}, problem() {}, recovered() {} },
  });
  const queue = journal.queue(0);
  const outbox = queue.outbox(MESSAGE.name);
  const inFlight: { sequence: number; sentAt: number }[] = [];
  const end = environment.monotonicMs() + MINUTES * 60_000;
  const awayFrom = environment.monotonicMs() + (MINUTES * 60_000) / 2;
  for (let now = environment.monotonicMs(); now < end; now = environment.monotonicMs()) {
    queue.append(outbox, { head: MESSAGE.head, body: MESSAGE.body, isUrgent });
    const isAway = now >= awayFrom && now < awayFrom + AWAY_MS;
    if (isAway && inFlight.length > 0) {
      queue.rewind(outbox);
      inFlight.length = 0;
    }
    while (!isAway) {
      const departure = queue.take(outbox, 262_144);
      if (departure === undefined) break;
      inFlight.push({ sequence: departure.sequence, sentAt: now });
    }
    while (inFlight.length > 0 && now - inFlight[0]!.sentAt >= ROUND_TRIP_MS)
      queue.settle(outbox, inFlight.shift()!.sequence);
    await environment.pass(EVERY_MS);
  }
  const closed = journal.close();
  await environment.pass(0);
  await closed;
  return (storage.bytes * HOURS_OF_DAY * 60) / MINUTES / 1e6;
}
