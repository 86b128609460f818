import { ByteQueue } from '../../../../host/src/cell/byte-queue.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('the memory of a queue');
const CAPACITY = 65_536;

function put(queue: ByteQueue, bytes: number, fill: number): boolean {
  const at = queue.reserve(bytes);
  if (at < 0) return false;
  queue.bytes.fill(fill, at, at + bytes);
  queue.commit();
  return true;
}

function take(queue: ByteQueue, bytes: number): Set<number> {
  const at = queue.take();
  const found = new Set(queue.bytes.subarray(at, at + bytes));
  queue.release();
  return found;
}

test('a queue that is never long takes little, however much goes through it', () => {
  const queue = new ByteQueue(CAPACITY, 'reject');
  for (let n = 0; n < 10_000; n++) {
    assert.ok(put(queue, 200, n & 0xff));
    assert.deepEqual(take(queue, 200), new Set([n & 0xff]));
  }
  assert.ok(queue.bytes.byteLength <= 1_024, `${queue.bytes.byteLength} bytes`);
});

test('a queue takes memory up to its capacity and keeps what it holds, also where records begin anew at its start', () => {
  const queue = new ByteQueue(CAPACITY, 'reject');
  let written = 0;
  while (put(queue, 1_000, written & 0xff)) written++;
  assert.equal(queue.bytes.byteLength, CAPACITY);
  assert.ok(written > 60);
  for (let read = 0; read < 5 * written; read++) {
    assert.deepEqual(take(queue, 1_000), new Set([read & 0xff]));
    assert.ok(put(queue, 1_000, (written + read) & 0xff));
  }
  assert.equal(queue.bytes.byteLength, CAPACITY);
});

test('a record that is taken stays where it is while the queue grows', () => {
  const queue = new ByteQueue(CAPACITY, 'wait');
  put(queue, 100, 7);
  const at = queue.take();
  assert.ok(put(queue, 30_000, 8));
  assert.deepEqual(new Set(queue.bytes.subarray(at, at + 100)), new Set([7]));
  queue.putBack();
  assert.deepEqual(take(queue, 100), new Set([7]));
  assert.deepEqual(take(queue, 30_000), new Set([8]));
});

test.run();
