import { JournalRig } from '../../../lib/journal-rig.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('journal quota and time to live');
const HOUR_MS = 3_600_000;
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `${from + n}`);

test('drops the oldest messages, a segment at a time, when there are too many, and counts them', async () => {
  const rig = await JournalRig.open({ queue: { quotaMessages: 80 } });
  for (const text of numbers(0, 200)) await rig.store(text);
  const { depth, dropped } = rig.queue.counters;
  assert.equal(depth + dropped, 200);
  assert.ok(depth > 80 - 80 / 8 && depth <= 80, `${depth}`);
  assert.deepEqual(rig.codes, ['JOURNAL_FULL'], 'told once');
  const left = numbers(200 - depth, 200);
  assert.deepEqual(await (await rig.afterCut()).takeAll(), left);
  assert.deepEqual(await rig.takeAll('a', { settles: true }), left);
  assert.equal(rig.queue.isEmpty, true);
  await rig.close();
});

test('never has more on the disk than its quota in bytes', async () => {
  const rig = await JournalRig.open({ queue: { quotaBytes: 50_000 } });
  for (const text of numbers(0, 300)) {
    await rig.store(text.padEnd(500));
    assert.ok(rig.queue.counters.diskBytes <= 50_000);
  }
  const { depth, dropped } = rig.queue.counters;
  assert.equal(depth + dropped, 300);
  assert.ok(depth * 540 > 35_000, `${depth} are kept`);
  await rig.close();
});

test('drops what is in flight, too: a late acknowledgement then finds nothing', async () => {
  const rig = await JournalRig.open({ queue: { quotaMessages: 8 } });
  await rig.store(...numbers(0, 8));
  const { sequence } = rig.queue.take(rig.outbox(), 1e9)!;
  await rig.store('8');
  assert.equal(rig.queue.settle(rig.outbox(), sequence), false);
  assert.deepEqual(await rig.takeAll(), numbers(1, 9));
  assert.equal(rig.queue.counters.dropped, 1);
  await rig.close();
});

test('drops messages that are not on the disk yet, oldest first', async () => {
  const rig = await JournalRig.open({ queue: { quotaMessages: 8 } });
  for (const text of numbers(0, 20)) rig.append(text);
  assert.deepEqual(await rig.takeAll(), numbers(12, 20));
  await rig.durable();
  assert.deepEqual(await (await rig.afterCut()).takeAll(), numbers(12, 20));
  await rig.close();
});

test('drops a segment that is being written, without losing what comes behind it', async () => {
  const rig = await JournalRig.open({ queue: { quotaMessages: 16 } });
  rig.append('0');
  const durable = rig.queue.whenDurable();
  for (const text of numbers(1, 40)) rig.append(text);
  await rig.environment.pass(1_000);
  assert.equal((await durable).kind, 'durable');
  for (const text of numbers(40, 60)) await rig.store(text);
  const texts = await rig.takeAll('a', { settles: true });
  assert.equal(texts.length + rig.queue.counters.dropped, 60);
  assert.deepEqual(texts, numbers(60 - texts.length, 60));
  assert.equal(rig.queue.counters.depth, 0);
  await rig.close();
});

test('refuses the newest instead with policy "reject", and takes messages again when there is room', async () => {
  const rig = await JournalRig.open({ queue: { quotaMessages: 8, policy: 'reject' } });
  await rig.store(...numbers(0, 8));
  const refused = rig.queue.append(rig.outbox(), { head: Buffer.alloc(0), body: Buffer.from('8') });
  assert.deepEqual(refused, { kind: 'refused', why: 'full' });
  assert.deepEqual(await rig.takeAll('a', { settles: true }), numbers(0, 8));
  await rig.store('9');
  assert.deepEqual(await rig.takeAll(), ['9']);
  assert.equal(rig.queue.counters.dropped, 0);
  await rig.close();
});

test('a queue has the quota of its priority', async () => {
  const rig = await JournalRig.open({ queue: { quotaMessages: 8 } });
  const other = rig.journal.queue(7);
  for (const text of numbers(0, 20)) rig.append(text);
  const outcome = other.append(other.outbox('a'), { head: Buffer.alloc(0), body: Buffer.from('1') });
  assert.equal(outcome.kind, 'queued');
  assert.deepEqual(
    rig.journal.status().queues.map(({ priority, depth }) => [priority, depth]),
    [
      [3, 8],
      [7, 1],
    ],
  );
  await rig.close();
});

test('passes over messages whose time is over, in memory and on the disk, also when they come back after a rewind', async () => {
  const rig = await JournalRig.open();
  rig.append('short', { timeToLiveMs: HOUR_MS });
  rig.append('long', { timeToLiveMs: 3 * HOUR_MS });
  rig.append('ever');
  await rig.durable();
  rig.queue.take(rig.outbox(), 1e9);
  const cut = await rig.afterCut();
  await rig.environment.pass(2 * HOUR_MS);
  rig.queue.rewind(rig.outbox());
  assert.deepEqual(await rig.takeAll(), ['long', 'ever']);
  assert.equal(rig.queue.counters.expired, 1);
  assert.deepEqual(await cut.takeAll(), ['long', 'ever']);
  assert.deepEqual([cut.queue.counters.expired, cut.queue.counters.depth], [1, 2]);
  await rig.close();
});

test('removes segments in which everything has expired, although nobody asks for it', async () => {
  const rig = await JournalRig.open({ queue: { quotaMessages: 80 } });
  for (let n = 0; n < 40; n++) rig.append(`${n}`, { timeToLiveMs: HOUR_MS });
  await rig.durable();
  assert.equal(rig.files.length, 4);
  await rig.environment.pass(2 * HOUR_MS);
  assert.deepEqual(rig.files, []);
  assert.deepEqual([rig.queue.counters.expired, rig.queue.counters.depth], [40, 0]);
  await rig.close();
});

test('time to live goes on over a restart of the process, whatever happens to the wall clock', async () => {
  const rig = await JournalRig.open();
  rig.append('1', { timeToLiveMs: HOUR_MS });
  await rig.durable();
  rig.environment.setWall(rig.environment.wallMs() + 365 * 24 * HOUR_MS);
  const again = await rig.reopen();
  await again.environment.pass(HOUR_MS / 2);
  assert.deepEqual(await again.takeAll(), ['1']);
  again.environment.setWall(0);
  const third = await again.reopen();
  await third.environment.pass(HOUR_MS / 2);
  assert.deepEqual(await third.takeAll(), []);
  await third.close();
});

test('time to live counts the time that the machine was off, once the clock is known', async () => {
  const rig = await JournalRig.open();
  rig.append('short', { timeToLiveMs: HOUR_MS });
  rig.append('long', { timeToLiveMs: 10 * HOUR_MS });
  await rig.durable();
  await rig.close();
  rig.environment.restartMachine(2 * HOUR_MS);
  rig.environment.isKnown = false;
  const unknown = await JournalRig.open({ storage: rig.storage, environment: rig.environment });
  assert.deepEqual(await unknown.takeAll(), ['short', 'long'], 'nothing expires by a clock that nobody set');
  await unknown.close();
  rig.environment.restartMachine(HOUR_MS);
  const known = await JournalRig.open({ storage: rig.storage, environment: rig.environment });
  rig.environment.isKnown = true;
  await rig.environment.pass(60_000);
  assert.deepEqual(await known.takeAll(), ['long']);
  await known.environment.pass(7 * HOUR_MS);
  known.queue.rewind(known.outbox());
  assert.deepEqual(await known.takeAll(), []);
  await known.close();
});

test('a wall clock that is implausible at the start of the machine expires nothing', async () => {
  for (const offMs of [365 * 24 * HOUR_MS, -365 * 24 * HOUR_MS]) {
    const rig = await JournalRig.open();
    rig.append('1', { timeToLiveMs: HOUR_MS });
    await rig.durable();
    await rig.close();
    rig.environment.restartMachine(offMs);
    const again = await JournalRig.open({ storage: rig.storage, environment: rig.environment });
    assert.deepEqual(await again.takeAll(), ['1']);
    await again.close();
  }
});

test('tells the wall time of a message that came before the clock was known', async () => {
  const rig = await JournalRig.open();
  rig.environment.isKnown = false;
  await rig.close();
  rig.environment.restartMachine(0);
  const again = await JournalRig.open({ storage: rig.storage, environment: rig.environment });
  again.append('1');
  const { appendedAt } = again.queue.take(again.outbox(), 1e9)!;
  assert.equal(again.journal.time.wallMsOf(appendedAt), undefined);
  const came = 1_800_000_000_000;
  await again.environment.pass(30_000);
  again.environment.setWall(came + 30_000);
  again.environment.isKnown = true;
  await again.environment.pass(60_000);
  assert.equal(again.journal.time.wallMsOf(appendedAt), came);
  await again.close();
});

test.run();
