import type { Job } from '../../../../../host/src/drivers/modbus/job.ts';
import { AGE_STEP_MS, HIGH, LOW, NORMAL, type Priority } from '../../../../../host/src/drivers/modbus/priority.ts';
import { isWriting, type PduRequest } from '../../../../../host/src/drivers/modbus/request.ts';
import { QUEUE_MAX, RequestQueue } from '../../../../../host/src/drivers/modbus/request-queue.ts';
import { WRITES_IN_A_ROW_MAX, WriteShare } from '../../../../../host/src/drivers/modbus/write-share.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { readOf, writeOf } from '../driver-rig.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus request queue');

interface JobOptions {
  readonly write?: boolean;
  readonly expiryMs?: number;
  readonly session?: Job['session'];
  readonly asker?: object;
  readonly priority?: Priority;
}

class QueueRig {
  readonly clock = new VirtualClock();
  readonly share = new WriteShare();
  readonly queue = new RequestQueue(this.clock, this.share);
  readonly ends: string[] = [];

  job(name: string, options: JobOptions = {}): Job {
    const { write = false, expiryMs = Number.POSITIVE_INFINITY, session, priority = NORMAL } = options;
    const nothing = (): void => {};
    return {
      request: Object.assign((write ? writeOf('coil:1', [1]) : readOf('coil:1')) as PduRequest, { name }),
      session,
      asker: options.asker ?? session ?? this,
      priority,
      expiresAt: this.clock.now() + expiryMs,
      answered: nothing,
      refused: nothing,
      lost: nothing,
      unsent: (reason) => this.ends.push(`${name} ${reason}`),
    };
  }

  /** Names of what comes out, until it is empty. */
  drain(): string[] {
    const names: string[] = [];
    for (let job = this.queue.next(); job !== undefined; job = this.queue.next()) {
      names.push((job.request as unknown as { name: string }).name);
    }
    return names;
  }
}

test('gives writes before reads, each in their order', () => {
  const rig = new QueueRig();
  for (const name of ['r1', 'w1', 'r2', 'w2']) rig.queue.add(rig.job(name, { write: name.startsWith('w') }));
  rig.queue.addFirst(rig.job('host', { write: true }));
  assert.deepEqual(rig.drain(), ['host', 'w1', 'w2', 'r1', 'r2']);
});

test('ends a write when its time has passed, also while nobody takes anything', () => {
  const rig = new QueueRig();
  rig.queue.add(rig.job('late', { write: true, expiryMs: 500 }));
  rig.queue.add(rig.job('early', { write: true, expiryMs: 100 }));
  rig.queue.add(rig.job('never', { write: true }));
  rig.clock.advance(99);
  assert.deepEqual(rig.ends, []);
  rig.clock.advance(1);
  assert.deepEqual(rig.ends, ['early expired']);
  rig.clock.advance(400);
  assert.deepEqual(rig.ends, ['early expired', 'late expired']);
  assert.deepEqual(rig.drain(), ['never']);
});

test('gives out no write whose time has passed while the thread was busy', () => {
  const rig = new QueueRig();
  rig.queue.add(rig.job('w', { write: true, expiryMs: 100 }));
  rig.queue.add(rig.job('r'));
  rig.clock.stall(100);
  assert.deepEqual(rig.drain(), ['r']);
  assert.deepEqual(rig.ends, ['w expired']);
});

test('leaves no timer behind when the last write is taken', () => {
  const rig = new QueueRig();
  rig.queue.add(rig.job('w', { write: true, expiryMs: 100 }));
  rig.drain();
  assert.equal(rig.clock.pending, 0);
});

test('gives up what belongs to one session, and all reads', () => {
  const rig = new QueueRig();
  const session = { module: 'm', isOver: false };
  rig.queue.add(rig.job('r1'));
  rig.queue.add(rig.job('r2', { session }));
  rig.queue.add(rig.job('w1', { write: true, session }));
  rig.queue.add(rig.job('w2', { write: true }));
  rig.queue.removeOf(session);
  assert.deepEqual(rig.ends, ['w1 module-gone', 'r2 module-gone']);
  rig.queue.removeReads('not-connected');
  assert.deepEqual(rig.ends.slice(2), ['r1 not-connected']);
  assert.deepEqual(rig.drain(), ['w2']);
});

test('gives each asker its turn, however much one of them has', () => {
  const rig = new QueueRig();
  const [flood, other] = [{}, {}];
  for (let i = 1; i <= 4; i++) rig.queue.add(rig.job(`f${i}`, { asker: flood }));
  for (let i = 1; i <= 2; i++) rig.queue.add(rig.job(`o${i}`, { asker: other }));
  for (let i = 1; i <= 3; i++) rig.queue.add(rig.job(`fw${i}`, { asker: flood, write: true }));
  rig.queue.add(rig.job('ow', { asker: other, write: true }));
  assert.deepEqual(rig.drain(), ['fw1', 'ow', 'fw2', 'fw3', 'f1', 'o1', 'f2', 'o2', 'f3', 'f4']);
});

test('gives the highest priority first, and among equals who has waited longest', () => {
  const rig = new QueueRig();
  const named = { low: LOW, normal: NORMAL, high: HIGH, 'other high': HIGH };
  for (const [name, priority] of Object.entries(named)) rig.queue.add(rig.job(name, { asker: { name }, priority }));
  assert.equal(rig.queue.mostUrgent(), HIGH);
  assert.deepEqual(rig.drain(), ['high', 'other high', 'normal', 'low']);
});

test('lets nobody wait for ever: a second of waiting is worth a priority', () => {
  const rig = new QueueRig();
  const [low, high] = [{}, {}];
  rig.queue.add(rig.job('low', { asker: low, priority: LOW }));
  const given: string[] = [];
  while (given.at(-1) !== 'low') {
    rig.queue.add(rig.job('high', { asker: high, priority: HIGH }));
    given.push((rig.queue.next()!.request as unknown as { name: string }).name);
    rig.clock.advance(100);
  }
  assert.equal(given.length, 2 * (AGE_STEP_MS / 100) + 1, 'at two steps it is equal, and has waited longer');
});

test('does not take the many requests of one asker for long waiting of each', () => {
  const rig = new QueueRig();
  const [flood, other] = [{}, {}];
  for (let i = 0; i < 100; i++) rig.queue.add(rig.job('flood', { asker: flood }));
  for (let i = 0; i < 50; i++) {
    rig.clock.advance(100);
    rig.queue.next();
  }
  rig.clock.advance(100);
  rig.queue.add(rig.job('other', { asker: other, priority: HIGH }));
  assert.deepEqual(rig.drain()[0], 'other');
});

test('lets a read go between writes that never end, but not before those of the host', () => {
  const rig = new QueueRig();
  const [writer, reader] = [{}, {}];
  for (let i = 0; i < 3 * WRITES_IN_A_ROW_MAX; i++) rig.queue.add(rig.job('w', { asker: writer, write: true }));
  for (let i = 0; i < 2; i++) rig.queue.add(rig.job('r', { asker: reader }));
  const given: string[] = [];
  for (let job = rig.queue.next(); job !== undefined; job = rig.queue.next()) {
    rig.share.sent(isWriting(job.request));
    given.push((job.request as unknown as { name: string }).name);
    if (given.length === WRITES_IN_A_ROW_MAX) rig.queue.addFirst(rig.job('host', { write: true }));
  }
  const writes = 'w'.repeat(WRITES_IN_A_ROW_MAX);
  assert.equal(given.join('').replaceAll('host', 'H'), `${writes}Hr${writes}r${writes}`);
});

test('refuses one more than an asker may have, and takes those of others', () => {
  const rig = new QueueRig();
  for (let i = 0; i < QUEUE_MAX; i++) rig.queue.add(rig.job(`r${i}`));
  assert.deepEqual(rig.ends, []);
  rig.queue.add(rig.job('one more'));
  assert.deepEqual(rig.ends, ['one more full']);
  rig.queue.addFirst(rig.job('host', { write: true }));
  rig.queue.add(rig.job('of another', { asker: {} }));
  assert.deepEqual(rig.ends, ['one more full']);
  assert.equal(rig.drain().length, QUEUE_MAX + 2);
});

test.run();
