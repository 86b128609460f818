import { type Outbox, UpstreamQueue } from '../../../../host/src/uplink/upstream-queue.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('upstream queue');

/** A record takes 56 bytes, its topic and its body, rounded up to 8. */
const RECORD_BYTES = 64;

const append = (queue: UpstreamQueue, outbox: Outbox, body: string, expiresAtMs?: number) =>
  queue.append(outbox, '', Buffer.from(body), expiresAtMs);
const takeAll = (queue: UpstreamQueue, outbox: Outbox, nowMs = 0): string[] => {
  const bodies: string[] = [];
  for (let next = queue.take(outbox, nowMs, 1e9); next !== undefined; next = queue.take(outbox, nowMs, 1e9)) {
    bodies.push(String(next.body));
  }
  return bodies;
};

test('gives the messages of an outbox in the order they came, with their topics', () => {
  const queue = new UpstreamQueue(1_024);
  const [a, b] = [queue.createOutbox(), queue.createOutbox()];
  queue.append(a, 'k=v', Buffer.from('1'));
  append(queue, b, '2');
  append(queue, a, '3');
  assert.deepEqual(queue.take(a, 0, 100), { sequence: 0, topicSuffix: 'k=v', body: Buffer.from('1') });
  assert.deepEqual(takeAll(queue, a), ['3']);
  assert.deepEqual(takeAll(queue, b), ['2']);
});

test('keeps a message until it is settled, and then gives its room back', () => {
  const queue = new UpstreamQueue(1_024);
  const outbox = queue.createOutbox();
  append(queue, outbox, '1');
  const { sequence } = queue.take(outbox, 0, 100)!;
  assert.equal(queue.counters.queued, 1);
  assert.equal(queue.settle(outbox, sequence), true);
  assert.equal(queue.settle(outbox, sequence), false);
  assert.deepEqual([queue.counters.queued, queue.counters.queuedBytes], [0, 0]);
});

test('gives again, in order, what was in flight when it is rewound, but not what was settled', () => {
  const queue = new UpstreamQueue(1_024);
  const outbox = queue.createOutbox();
  for (const body of ['1', '2', '3', '4']) append(queue, outbox, body);
  queue.take(outbox, 0, 100);
  const second = queue.take(outbox, 0, 100)!;
  queue.take(outbox, 0, 100);
  queue.settle(outbox, second.sequence);
  queue.rewind(outbox);
  assert.deepEqual(takeAll(queue, outbox), ['1', '3', '4']);
  assert.equal(queue.counters.resent, 2);
});

test('drops the oldest of all when it is full, and counts it', () => {
  const queue = new UpstreamQueue(4 * RECORD_BYTES);
  const [a, b] = [queue.createOutbox(), queue.createOutbox()];
  append(queue, a, '1');
  append(queue, b, '2');
  append(queue, a, '3');
  append(queue, b, '4');
  assert.equal(append(queue, a, '5'), 1);
  assert.equal(append(queue, a, '6'), 1);
  assert.deepEqual(takeAll(queue, a), ['3', '5', '6']);
  assert.deepEqual(takeAll(queue, b), ['4']);
  assert.equal(queue.counters.dropped, 2);
});

test('drops a message in flight, too: a late acknowledgement then finds nothing', () => {
  const queue = new UpstreamQueue(2 * RECORD_BYTES);
  const outbox = queue.createOutbox();
  append(queue, outbox, '1');
  append(queue, outbox, '2');
  const { sequence } = queue.take(outbox, 0, 100)!;
  append(queue, outbox, '3');
  assert.equal(queue.settle(outbox, sequence), false);
  assert.deepEqual(takeAll(queue, outbox), ['2', '3']);
});

test('drops a message that is larger than the queue itself and keeps the others', () => {
  const queue = new UpstreamQueue(128);
  const outbox = queue.createOutbox();
  append(queue, outbox, '1');
  assert.equal(append(queue, outbox, 'x'.repeat(200)), undefined);
  assert.deepEqual(takeAll(queue, outbox), ['1']);
  assert.equal(queue.counters.dropped, 1);
});

test('passes over messages whose time is over, also when they come back after a rewind', () => {
  const queue = new UpstreamQueue(1_024);
  const outbox = queue.createOutbox();
  append(queue, outbox, '1', 100);
  append(queue, outbox, '2', 50);
  append(queue, outbox, '3');
  assert.deepEqual(takeAll(queue, outbox, 60), ['1', '3']);
  queue.rewind(outbox);
  assert.deepEqual(takeAll(queue, outbox, 100), ['3']);
  assert.equal(queue.counters.expired, 2);
  assert.equal(queue.counters.queued, 1);
});

test('holds a message back that is larger than the room left in flight', () => {
  const queue = new UpstreamQueue(1_024);
  const outbox = queue.createOutbox();
  append(queue, outbox, '12345');
  assert.equal(queue.take(outbox, 0, 4), undefined);
  assert.equal(String(queue.take(outbox, 0, 5)?.body), '12345');
});

test.run();
