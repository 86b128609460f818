import { FOLDER, JournalRig } from '../../../lib/journal-rig.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('journal queue');
const ROOM = 1e9;

test('gives the messages of an outbox in the order they came, with head, body and id', async () => {
  const rig = await JournalRig.open();
  const { queue } = rig;
  const first = rig.append('1');
  rig.append('2', { name: 'b' });
  const third = rig.append('3');
  const departure = queue.take(rig.outbox(), ROOM)!;
  assert.deepEqual(
    [departure.epoch, departure.sequence, departure.head.toString(), departure.body.toString()],
    [rig.journal.epoch, first, 'h', '1'],
  );
  assert.equal(queue.take(rig.outbox(), ROOM)!.sequence, third);
  assert.deepEqual(await rig.takeAll('b'), ['2']);
  await rig.close();
});

test('keeps a message until it is settled, once', async () => {
  const rig = await JournalRig.open();
  const sequence = rig.append('1');
  rig.queue.take(rig.outbox(), ROOM);
  assert.equal(rig.queue.counters.depth, 1);
  assert.equal(rig.queue.settle(rig.outbox(), sequence), true);
  assert.equal(rig.queue.settle(rig.outbox(), sequence), false);
  assert.equal(rig.queue.isEmpty, true);
  await rig.close();
});

test('gives again, in order and with the same ids, what was in flight when it is rewound, but not what was settled', async () => {
  const rig = await JournalRig.open();
  const sequences = ['1', '2', '3', '4'].map((text) => rig.append(text));
  for (let n = 0; n < 3; n++) rig.queue.take(rig.outbox(), ROOM);
  rig.queue.settle(rig.outbox(), sequences[1]!);
  rig.queue.rewind(rig.outbox());
  assert.equal(rig.queue.take(rig.outbox(), ROOM)!.sequence, sequences[0]);
  assert.deepEqual(await rig.takeAll(), ['3', '4']);
  assert.equal(rig.queue.counters.resent, 2);
  await rig.close();
});

test('holds a message back that is larger than the room left in flight', async () => {
  const rig = await JournalRig.open();
  rig.append('12345');
  assert.equal(rig.queue.take(rig.outbox(), 4), undefined);
  assert.equal(String(rig.queue.take(rig.outbox(), 5)?.body), '12345');
  await rig.close();
});

test('has after a restart what was durable and not settled, in order, under the ids it had', async () => {
  const rig = await JournalRig.open();
  const sequences = ['1', '2', '3'].map((text) => rig.append(text));
  await rig.durable();
  rig.queue.take(rig.outbox(), ROOM);
  rig.queue.settle(rig.outbox(), sequences[0]!);
  const again = await rig.reopen();
  const [outbox] = [...again.queue.outboxes];
  assert.equal(outbox?.name, 'a');
  assert.equal(again.queue.counters.depth, 2);
  assert.equal(again.queue.take(outbox!, ROOM), undefined, 'it is read from the disk first');
  await again.environment.pass(0);
  assert.deepEqual(again.ready, ['a']);
  const departure = again.queue.take(outbox!, ROOM)!;
  assert.deepEqual([departure.epoch, departure.sequence], [rig.journal.epoch, sequences[1]]);
  assert.notEqual(again.journal.epoch, rig.journal.epoch);
  await again.close();
});

test('writes nothing of what is settled within the loss window, and all of what is not', async () => {
  const rig = await JournalRig.open({ queue: { lossWindowMs: 5_000 } });
  const first = rig.append('1', { isUrgent: false });
  await rig.environment.pass(4_000);
  rig.queue.take(rig.outbox(), ROOM);
  rig.queue.settle(rig.outbox(), first);
  rig.append('2', { isUrgent: false });
  await rig.environment.pass(4_900);
  assert.equal(rig.queue.counters.bytesWritten, 0);
  assert.deepEqual(rig.files, []);
  await rig.environment.pass(200);
  assert.equal(rig.queue.counters.commits, 1);
  assert.deepEqual(await (await rig.afterCut()).takeAll(), ['2']);
  await rig.close();
});

test('tells that an append is durable when it survives a power cut, and not before', async () => {
  const rig = await JournalRig.open({ queue: { commitMs: 50 } });
  rig.append('1');
  let told: string | undefined;
  void rig.queue.whenDurable().then(({ kind }) => {
    told = kind;
  });
  await rig.environment.pass(49);
  assert.equal(told, undefined);
  assert.deepEqual(await (await rig.afterCut()).takeAll(), []);
  await rig.environment.pass(1);
  assert.equal(told, 'durable');
  assert.deepEqual(await (await rig.afterCut()).takeAll(), ['1']);
  await rig.close();
});

test('shares one sync among all that are appended within the interval, and commits early when there are many', async () => {
  const rig = await JournalRig.open({ queue: { commitMs: 50, commitMessages: 100 } });
  for (let n = 0; n < 99; n++) rig.append(`${n}`);
  await rig.environment.pass(49);
  assert.equal(rig.queue.counters.commits, 0);
  await rig.environment.pass(1);
  assert.deepEqual([rig.queue.counters.commits, rig.queue.counters.syncs], [1, 1]);
  for (let n = 0; n < 100; n++) rig.append(`${n}`);
  await rig.environment.pass(0);
  assert.equal(rig.queue.counters.commits, 2);
  await rig.close();
});

test('is not told before the sync when the commit began with the append itself', async () => {
  const rig = await JournalRig.open({ queue: { commitMessages: 1 } });
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  rig.storage.hold = (operation) => (operation === 'datasync' ? held : undefined);
  rig.append('1');
  let told: string | undefined;
  void rig.queue.whenDurable().then(({ kind }) => {
    told = kind;
  });
  await rig.environment.pass(1_000);
  assert.equal(told, undefined);
  release();
  await rig.environment.pass(0);
  assert.equal(told, 'durable');
  assert.deepEqual(await (await rig.afterCut()).takeAll(), ['1']);
  await rig.close();
});

test('writes what somebody waits for together with what came before, so that the order on the disk is that of the messages', async () => {
  const rig = await JournalRig.open();
  rig.append('1', { isUrgent: false });
  await rig.store('2');
  assert.deepEqual(await (await rig.afterCut()).takeAll(), ['1', '2']);
  await rig.close();
});

test('removes a segment when all of it is settled, and gives the whole disk back when nothing is left', async () => {
  const rig = await JournalRig.open({ queue: { segmentBytes: 4_096 } });
  for (let n = 0; n < 4; n++) await rig.store('x'.repeat(3_000), 'y'.repeat(2_000));
  assert.equal(rig.files.length, 4);
  assert.equal((await rig.takeAll('a', { settles: true })).length, 8);
  await rig.environment.pass(20_000);
  assert.deepEqual(rig.files, []);
  assert.equal(rig.queue.counters.diskBytes, 0);
  await rig.close();
});

test('removes the segment that it appends to as well, once it is drained and nothing has come for a while', async () => {
  const rig = await JournalRig.open({ queue: { cursorMs: 5_000 } });
  await rig.store('1');
  await rig.takeAll('a', { settles: true });
  assert.equal(rig.files.length, 1);
  await rig.environment.pass(10_000);
  assert.deepEqual(rig.files, []);
  await rig.store('2');
  assert.deepEqual(await (await rig.afterCut()).takeAll(), ['2']);
  await rig.close();
});

test('writes the cursor at most once in its interval, and only when something was settled', async () => {
  const rig = await JournalRig.open({ queue: { cursorMs: 5_000 } });
  await rig.store(...Array.from({ length: 40 }, (_, n) => `${n}`));
  const { syncs } = rig.queue.counters;
  for (let n = 0; n < 20; n++) {
    const { sequence } = rig.queue.take(rig.outbox(), ROOM)!;
    rig.queue.settle(rig.outbox(), sequence);
    await rig.environment.pass(500);
  }
  assert.equal(rig.queue.counters.syncs - syncs, 2);
  await rig.environment.pass(60_000);
  assert.equal(rig.queue.counters.syncs - syncs, 2);
  assert.equal((await (await rig.afterCut()).takeAll()).length, 20);
  await rig.close();
});

test('keeps the messages of one identity that is stuck without holding up another', async () => {
  const rig = await JournalRig.open({ queue: { windowBytes: 2_000, segmentBytes: 4_096 } });
  for (let n = 0; n < 200; n++) {
    rig.append(`stuck ${n}`, { name: 'stuck' });
    rig.append(`${n}`, { name: 'going' });
    if (n % 20 === 0) await rig.durable();
  }
  await rig.durable();
  const going = await rig.takeAll('going', { settles: true });
  assert.deepEqual(
    going,
    Array.from({ length: 200 }, (_, n) => `${n}`),
  );
  assert.equal(rig.queue.counters.depth, 200);
  assert.deepEqual(
    await rig.takeAll('stuck', { settles: true }),
    Array.from({ length: 200 }, (_, n) => `stuck ${n}`),
  );
  assert.equal(rig.queue.isEmpty, true);
  await rig.close();
});

test('refuses a message that no record or no quota has room for, and counts it', async () => {
  const rig = await JournalRig.open({ queue: { quotaBytes: 10_000 } });
  const big = { head: Buffer.alloc(0), body: Buffer.alloc(262_145) };
  assert.deepEqual(rig.queue.append(rig.outbox(), big), { kind: 'refused', why: 'too-large' });
  assert.deepEqual(rig.queue.append(rig.outbox(), { ...big, body: Buffer.alloc(10_000) }), {
    kind: 'refused',
    why: 'too-large',
  });
  assert.equal(rig.queue.counters.refused, 2);
  await rig.close();
  assert.deepEqual(rig.queue.append(rig.outbox(), { ...big, body: Buffer.alloc(1) }), {
    kind: 'refused',
    why: 'closed',
  });
});

test('leaves no timer, no open file and no unwritten message when it is closed', async () => {
  const rig = await JournalRig.open();
  rig.append('1', { isUrgent: false });
  await Promise.all([rig.close(), rig.close()]);
  assert.equal(rig.environment.pending, 0);
  assert.equal(rig.storage.opens.current, 0);
  assert.deepEqual(await (await rig.afterCut()).takeAll(), ['1']);
  assert.ok([...rig.storage.files().keys()].includes(`${FOLDER}/boot`));
});

test.run();
