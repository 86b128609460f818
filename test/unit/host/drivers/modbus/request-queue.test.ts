import type { Job } from '../../../../../host/src/drivers/modbus/job.ts';
import type { PduRequest } from '../../../../../host/src/drivers/modbus/request.ts';
import { QUEUE_MAX, RequestQueue } from '../../../../../host/src/drivers/modbus/request-queue.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { readOf, writeOf } from '../driver-rig.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus request queue');

class QueueRig {
  readonly clock = new VirtualClock();
  readonly queue = new RequestQueue(this.clock);
  readonly ends: string[] = [];

  job(name: string, options: { write?: boolean; expiryMs?: number; session?: Job['session'] } = {}): Job {
    const { write = false, expiryMs = Number.POSITIVE_INFINITY, session } = options;
    const nothing = (): void => {};
    return {
      request: Object.assign((write ? writeOf('coil:1', [1]) : readOf('coil:1')) as PduRequest, { name }),
      session,
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

test('refuses one more than it holds', () => {
  const rig = new QueueRig();
  for (let i = 0; i < QUEUE_MAX; i++) rig.queue.add(rig.job(`r${i}`));
  assert.deepEqual(rig.ends, []);
  rig.queue.add(rig.job('one more'));
  assert.deepEqual(rig.ends, ['one more full']);
  rig.queue.addFirst(rig.job('host', { write: true }));
  assert.equal(rig.drain().length, QUEUE_MAX + 1);
});

test.run();
