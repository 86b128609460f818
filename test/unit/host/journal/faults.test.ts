import { JournalRig } from '../../../lib/journal-rig.ts';
import { PowerCutStorage } from '../../../lib/power-cut-storage.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('journal on a disk that refuses');
const MINUTE_MS = 60_000;

for (const [code, operations] of [
  ['ENOSPC', ['write']],
  ['EIO', ['datasync']],
  ['EIO', ['write', 'datasync', 'truncate', 'open', 'syncFolder', 'unlink', 'freeBytes']],
  ['EROFS', ['open', 'write', 'unlink', 'makeFolder', 'rename']],
] as const) {
  test(`${code} from ${operations.join(', ')}: is degraded, goes on in memory, and recovers by itself with nothing lost`, async () => {
    const rig = await JournalRig.open();
    await rig.store('1');
    const wanted = new Set<string>(operations);
    rig.storage.fault = (operation) => (wanted.has(operation) ? code : undefined);
    rig.append('2');
    const told = rig.queue.whenDurable();
    await rig.environment.pass(1_000);
    const outcome = await told;
    assert.equal(outcome.kind, 'not-durable');
    assert.match(outcome.kind === 'not-durable' ? outcome.error.message : '', new RegExp(code));
    assert.equal(rig.journal.status().isDegraded, true);
    assert.deepEqual(rig.codes, ['JOURNAL_DEGRADED']);
    rig.append('3');
    assert.equal((await rig.queue.whenDurable()).kind, 'not-durable', 'at once, while it is known');
    await rig.environment.pass(10 * MINUTE_MS);
    assert.deepEqual(rig.codes, ['JOURNAL_DEGRADED'], 'told once');
    rig.storage.fault = () => undefined;
    await rig.environment.pass(MINUTE_MS);
    assert.equal(rig.journal.status().isDegraded, false);
    assert.deepEqual(rig.ready.at(-1), '(recovered)');
    assert.deepEqual(await (await rig.afterCut()).takeAll(), ['1', '2', '3']);
    assert.deepEqual(await rig.takeAll('a', { settles: true }), ['1', '2', '3']);
    await rig.close();
    assert.deepEqual(rig.files, []);
  });
}

test('sends from memory while the disk refuses, and what is acknowledged then is never written', async () => {
  const rig = await JournalRig.open();
  rig.storage.fault = (operation) => (operation === 'write' ? 'ENOSPC' : undefined);
  rig.append('1');
  await rig.environment.pass(5_000);
  assert.deepEqual(await rig.takeAll('a', { settles: true }), ['1']);
  rig.storage.fault = () => undefined;
  await rig.environment.pass(MINUTE_MS);
  assert.equal(rig.queue.counters.bytesWritten, 0);
  assert.equal(rig.journal.status().isDegraded, false);
  await rig.close();
});

test('keeps no more in memory than it may while the disk refuses: the oldest goes, and is counted', async () => {
  const rig = await JournalRig.open({ queue: { memoryBytes: 2_000, windowBytes: 1_000 } });
  rig.storage.fault = (operation) => (operation === 'write' ? 'EIO' : undefined);
  for (let n = 0; n < 50; n++) {
    rig.append(`${n}`);
    assert.ok(rig.queue.counters.memoryBytes <= 2_000);
  }
  await rig.environment.pass(1_000);
  const { dropped, depth } = rig.queue.counters;
  assert.ok(dropped > 30 && dropped + depth === 50, `${dropped} ${depth}`);
  assert.deepEqual(rig.codes.sort(), ['JOURNAL_DEGRADED', 'JOURNAL_FULL']);
  const left = await rig.takeAll('a', { settles: true });
  assert.equal(left.length, depth);
  assert.equal(left.at(-1), '49');
  await rig.close();
});

test('refuses instead, where the policy says so', async () => {
  const rig = await JournalRig.open({ queue: { memoryBytes: 2_000, policy: 'reject' } });
  rig.storage.fault = (operation) => (operation === 'write' ? 'EIO' : undefined);
  let refused = 0;
  for (let n = 0; n < 20; n++) {
    const outcome = rig.queue.append(rig.outbox(), { head: Buffer.alloc(0), body: Buffer.from(`${n}`) });
    if (outcome.kind === 'refused' && outcome.why === 'full') refused++;
  }
  assert.ok(refused > 5);
  assert.equal(rig.queue.counters.refused, refused);
  assert.equal((await rig.takeAll())[0], '0');
  await rig.close();
});

test('goes on behind a write that the system took in pieces', async () => {
  const rig = await JournalRig.open();
  rig.storage.writeBytesMax = 7;
  await rig.store('first', 'second');
  assert.deepEqual(await (await rig.afterCut()).takeAll(), ['first', 'second']);
  await rig.close();
});

test('leaves the reserve of the disk free, and says so', async () => {
  const storage = new PowerCutStorage();
  storage.capacityBytes = 100_000;
  const rig = await JournalRig.open({ storage, queue: { keepFreeBytes: 98_000, segmentBytes: 4_096 } });
  rig.append('1');
  const told = rig.queue.whenDurable();
  await rig.environment.pass(1_000);
  assert.equal((await told).kind, 'not-durable');
  assert.match(rig.problems[0]!.message, /only 9\d,?\d+ bytes are free/);
  storage.capacityBytes = 200_000;
  await rig.environment.pass(MINUTE_MS);
  assert.equal(rig.journal.status().isDegraded, false);
  await rig.close();
});

test('a disk that fills up in the middle of a write loses nothing of what was durable, and takes the rest later', async () => {
  const storage = new PowerCutStorage();
  const rig = await JournalRig.open({ storage, queue: { segmentBytes: 4_096 } });
  const texts = Array.from({ length: 40 }, (_, n) => `${n}`.padEnd(300));
  await rig.store(...texts.slice(0, 20));
  storage.capacityBytes = storage.usedBytes + 1_000;
  for (const text of texts.slice(20)) rig.append(text);
  await rig.environment.pass(5_000);
  assert.equal(rig.journal.status().isDegraded, true);
  assert.deepEqual((await (await rig.afterCut()).takeAll()).slice(0, 20), texts.slice(0, 20));
  storage.capacityBytes = Infinity;
  await rig.environment.pass(MINUTE_MS);
  assert.deepEqual(await (await rig.afterCut()).takeAll(), texts);
  assert.deepEqual(await rig.takeAll('a', { settles: true }), texts);
  await rig.close();
});

test('asks a disk that cannot be read again, and goes on where it was', async () => {
  const rig = await JournalRig.open({ queue: { segmentBytes: 4_096 } });
  await rig.store(...Array.from({ length: 20 }, (_, n) => `${n}`));
  const again = await rig.reopen();
  let isBroken = true;
  again.storage.fault = (operation) => (isBroken && operation === 'read' ? 'EIO' : undefined);
  assert.deepEqual(await again.takeAll(), []);
  assert.deepEqual(again.codes, ['JOURNAL_DAMAGED']);
  await again.environment.pass(5_000);
  isBroken = false;
  await again.environment.pass(5_000);
  assert.equal((await again.takeAll('a', { settles: true })).length, 20);
  assert.equal(again.queue.counters.damaged, 0);
  await again.close();
});

test('passes over what cannot be read for long, counts it, and gives its room back', async () => {
  const rig = await JournalRig.open({ queue: { segmentBytes: 4_096 } });
  for (let n = 0; n < 4; n++) await rig.store(`${n} `.padEnd(4_100, 'x'), 'small');
  const again = await rig.reopen();
  const broken = again.files[1]!;
  again.storage.fault = (operation, path) => (operation === 'read' && path.endsWith(broken) ? 'EIO' : undefined);
  const texts: string[] = [];
  for (let n = 0; n < 30; n++) {
    texts.push(...(await again.takeAll('a', { settles: true })));
    await again.environment.pass(2_500);
  }
  assert.equal(texts.length + again.queue.counters.damaged, 8);
  assert.ok(again.queue.counters.damaged > 0);
  assert.equal(again.queue.isEmpty, true);
  assert.deepEqual(
    again.files.filter((name) => name.endsWith('.segment')),
    [],
  );
  await again.close();
});

test('opens on a disk that is read-only or gone, works in memory, and its ids are none that were used', async () => {
  const rig = await JournalRig.open();
  await rig.store('1');
  const used = rig.append('2');
  await rig.close();
  for (const code of ['EROFS', 'EIO']) {
    rig.storage.fault = (operation) =>
      code === 'EIO' || !['open', 'read', 'size', 'readFolder', 'close'].includes(operation) ? code : undefined;
    const again = await JournalRig.open({ storage: rig.storage });
    const sequence = again.append('3');
    assert.ok(sequence !== used && again.journal.epoch !== rig.journal.epoch);
    await again.environment.pass(1_000);
    const departure = again.queue.take(again.outbox(), 1e9);
    if (code === 'EIO') assert.equal(departure?.sequence, sequence);
    again.journal.close(0);
    await again.environment.pass(0);
  }
});

test.run();
