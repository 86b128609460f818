import { CursorFile } from '../../../../host/src/journal/cursor-file.ts';
import { MessageIds } from '../../../../host/src/journal/message-ids.ts';
import { FOLDER, JournalRig, VirtualJournalEnvironment } from '../../../lib/journal-rig.ts';
import { PowerCutStorage } from '../../../lib/power-cut-storage.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('journal recovery');
const QUEUE = `${FOLDER}/queue-3`;
const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`.padEnd(200));

/** A journal with messages in several segments, some of them settled, closed in order. */
async function filled(): Promise<JournalRig> {
  const rig = await JournalRig.open({ queue: { segmentBytes: 4_096 } });
  for (const text of texts(60)) rig.append(text);
  await rig.durable();
  for (let n = 0; n < 5; n++) {
    const { sequence } = rig.queue.take(rig.outbox(), 1e9)!;
    rig.queue.settle(rig.outbox(), sequence);
  }
  await rig.close();
  return rig;
}

const segmentsOf = (storage: PowerCutStorage): string[] =>
  [...storage.files().keys()].filter((path) => path.endsWith('.segment')).sort();

function change(storage: PowerCutStorage, path: string, edit: (content: Buffer) => Buffer): void {
  storage.put(path, edit(Buffer.from(storage.files().get(path)!)));
}

async function openAgain(rig: JournalRig): Promise<JournalRig> {
  return JournalRig.open({ storage: rig.storage, environment: rig.environment });
}

test('gives everything but what was settled', async () => {
  const again = await openAgain(await filled());
  assert.deepEqual(await again.takeAll(), texts(60).slice(5));
  assert.deepEqual(again.codes, []);
  await again.close();
});

test('cuts a torn tail off, and what is appended behind it is found by the next start', async () => {
  const rig = await filled();
  const last = segmentsOf(rig.storage).at(-1)!;
  change(rig.storage, last, (content) => content.subarray(0, content.length - 3));
  const before = rig.storage.files().get(last)!.length;
  const again = await openAgain(rig);
  assert.ok(rig.storage.files().get(last)!.length < before);
  assert.deepEqual(again.codes, [], 'a torn tail is ordinary');
  await again.store('new');
  const third = await again.reopen();
  assert.deepEqual(await third.takeAll(), [...texts(59).slice(5), 'new']);
  await third.close();
});

test('cuts off a torn tail that is longer than what is read at once, as zeros that the file system leaves', async () => {
  const rig = await filled();
  const last = segmentsOf(rig.storage).at(-1)!;
  const before = rig.storage.files().get(last)!.length;
  change(rig.storage, last, (content) => Buffer.concat([content, Buffer.alloc(300_000)]));
  const again = await openAgain(rig);
  assert.deepEqual(again.codes, [], 'a torn tail is ordinary');
  assert.equal(again.queue.counters.damaged, 0);
  assert.equal(rig.storage.files().get(last)!.length, before);
  assert.deepEqual(await again.takeAll(), texts(60).slice(5));
  await again.close();
});

test('passes over damage in the middle up to the next record, counts it and says where', async () => {
  const rig = await filled();
  const second = segmentsOf(rig.storage)[1]!;
  change(rig.storage, second, (content) => content.fill(0xff, 300, 310));
  // Without its summary it is read when the journal is opened.
  change(rig.storage, second, (content) => content.fill(0, content.length - 8));
  const again = await openAgain(rig);
  assert.equal((await again.takeAll()).length, 54);
  assert.equal(again.queue.counters.damaged, 1);
  assert.deepEqual(again.codes, ['JOURNAL_DAMAGED']);
  const name = second.slice(second.lastIndexOf('/') + 1);
  assert.ok(again.problems[0]!.message.includes(`${name} damaged`), again.problems[0]!.message);
  await again.close();
});

test('finds damage that comes while it runs, counts it, and gives the room back', async () => {
  const again = await openAgain(await filled());
  for (const path of segmentsOf(again.storage).slice(1))
    change(again.storage, path, (content) => content.fill(0, 300, 310));
  await again.environment.pass(0);
  const seen = (await again.takeAll('a', { settles: true })).length;
  await again.environment.pass(30_000);
  const { damaged, depth } = again.queue.counters;
  assert.equal(seen + damaged, 55);
  assert.equal(depth, 0);
  assert.deepEqual(again.files, []);
  await again.close();
});

test('does not read full segments to open, and counts what is in them', async () => {
  const rig = await filled();
  const reads = new Map<string, number>();
  rig.storage.fault = (operation, path) => {
    if (operation === 'read') reads.set(path, (reads.get(path) ?? 0) + 1);
    return undefined;
  };
  const again = await openAgain(rig);
  assert.equal(again.queue.counters.depth, 55);
  const [partly, full] = segmentsOf(rig.storage);
  assert.deepEqual(
    [reads.get(partly!), reads.get(full!)],
    [3, 2],
    'its end and its summary; the first one is settled in part',
  );
  assert.deepEqual(await again.takeAll(), texts(60).slice(5));
  await again.close();
});

for (const [name, spoil] of [
  ['is empty', () => Buffer.alloc(0)],
  ['is cut', (content: Buffer) => content.subarray(0, 20)],
  ['is noise', () => Buffer.alloc(40_000, 0x5a)],
  ['is changed', (content: Buffer) => content.fill(0x39, 16_384 + 12, 16_384 + 14)],
] as const)
  test(`a cursor that ${name} costs repetitions only`, async () => {
    const rig = await filled();
    change(rig.storage, `${QUEUE}/cursor`, spoil);
    const again = await openAgain(rig);
    assert.deepEqual((await again.takeAll()).slice(-55), texts(60).slice(5));
    assert.deepEqual(again.codes, name === 'is noise' || name === 'is changed' ? ['JOURNAL_DAMAGED'] : []);
    await again.close();
  });

test('does not believe a cursor that is ahead of every message that there was', async () => {
  const rig = await filled();
  const boot = rig.storage.files().get(`${FOLDER}/boot`)!;
  const other = await openAgain(rig);
  await other.store('x');
  await other.takeAll('a', { settles: true });
  await other.store('y');
  await other.close();
  const cursor = rig.storage.files().get(`${QUEUE}/cursor`)!;
  const old = await filled();
  old.storage.put(`${QUEUE}/cursor`, cursor);
  old.storage.put(`${FOLDER}/boot`, boot);
  const again = await openAgain(old);
  assert.deepEqual(again.codes, ['JOURNAL_DAMAGED']);
  assert.match(again.problems[0]!.message, /cursor cursor-ahead/);
  assert.equal((await again.takeAll()).length, 60);
  await again.close();
});

test('a cursor that is left when all else is gone hides no message that comes later', async () => {
  // Where a gateway would begin that knows nothing, so that its messages would lie below the mark of the cursor.
  const environment = new VirtualJournalEnvironment();
  const nothing = { epoch: undefined, sequences: undefined };
  const start = MessageIds.leap(nothing, () => environment.random48()).used.sequences;
  const storage = new PowerCutStorage();
  await storage.makeFolder(QUEUE);
  await new CursorFile(storage, QUEUE).write(new Map([['a', start + 1_000]]));
  const rig = await JournalRig.open({ storage });
  await rig.store('new');
  const again = await rig.afterCut();
  assert.deepEqual(await again.takeAll(), ['new']);
  await again.close();
});

test('the summary of another segment is not believed, which would hide what that one has', async () => {
  const rig = await filled();
  const [first, second] = segmentsOf(rig.storage);
  rig.storage.put(first!, rig.storage.files().get(second!)!);
  const again = await openAgain(rig);
  assert.deepEqual(again.codes, ['JOURNAL_DAMAGED']);
  const taken = await again.takeAll();
  assert.deepEqual(taken, texts(60).slice(-taken.length));
  assert.equal(again.queue.counters.depth, taken.length, 'nothing is waited for that cannot be read');
  const records = segmentsOf(again.storage).length - 1;
  assert.ok(taken.length > (records - 1) * 15, 'all of the other segments');
  await again.close();
});

test('leaves strange files alone, and says that they are there', async () => {
  const rig = await filled();
  for (const path of ['readme', 'queue-03/x', 'queue-x', 'boot.bak'])
    rig.storage.put(`${FOLDER}/${path}`, Buffer.from('?'));
  rig.storage.put(`${QUEUE}/notes.segment`, Buffer.from('?'));
  rig.storage.put(`${FOLDER}/queue-9`, Buffer.from('a file where a folder should be'));
  const again = await openAgain(rig);
  assert.equal((await again.takeAll()).length, 55);
  assert.deepEqual([...new Set(again.codes)], ['JOURNAL_DAMAGED']);
  assert.ok(rig.storage.files().has(`${QUEUE}/notes.segment`));
  await again.close();
});

for (const [name, spoil] of [
  ['the boot file is gone', (storage: PowerCutStorage) => storage.unlink(`${FOLDER}/boot`)],
  ['the boot file is damaged', (storage: PowerCutStorage) => storage.put(`${FOLDER}/boot`, Buffer.from('{}'))],
  ['the boot file is empty', (storage: PowerCutStorage) => storage.put(`${FOLDER}/boot`, Buffer.alloc(0))],
  ['all segments are gone', (storage: PowerCutStorage) => segmentsOf(storage).map((path) => storage.unlink(path))],
  ['everything is gone', (storage: PowerCutStorage) => [...storage.files().keys()].map((path) => storage.unlink(path))],
  [
    'what was left of an earlier start is in the place of the boot file',
    (storage: PowerCutStorage) => storage.put(`${FOLDER}/boot.new`, Buffer.from('half')),
  ],
] as const)
  test(`uses no epoch and no sequence twice when ${name}`, async () => {
    const rig = await filled();
    const used = new Set<number>();
    const epochs = new Set([rig.journal.epoch]);
    for (let n = 0; n < 60; n++) used.add(n);
    let at = rig;
    for (let round = 0; round < 20; round++) {
      at = await openAgain(at);
      assert.ok(!epochs.has(at.journal.epoch), `epoch ${at.journal.epoch}`);
      epochs.add(at.journal.epoch);
      for (let n = 0; n < 10; n++) {
        const sequence = at.append('x');
        assert.ok(Number.isSafeInteger(sequence) && !used.has(sequence), `sequence ${sequence}`);
        used.add(sequence);
      }
      await at.durable();
      if (round % 2 === 0) await at.close();
      else at = await at.afterCut();
      await spoil(at.storage);
    }
  });

test('a segment that a failed commit has left behind gives no message twice', async () => {
  const rig = await JournalRig.open();
  await rig.store('1');
  rig.storage.fault = (operation) => (operation === 'datasync' || operation === 'truncate' ? 'EIO' : undefined);
  rig.append('2');
  await rig.environment.pass(1_000);
  rig.storage.fault = () => undefined;
  await rig.environment.pass(60_000);
  await rig.store('3');
  const everything = { keepsName: () => true, keptBytes: (bytes: number) => bytes };
  assert.deepEqual(await (await rig.afterCut(everything)).takeAll(), ['1', '2', '3']);
  await rig.close();
});

test.run();
