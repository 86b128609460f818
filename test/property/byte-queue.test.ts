import fc from 'fast-check';
import { SharedRing } from '../../host/src/bridge/shared-ring.ts';
import { ByteQueue } from '../../host/src/cell/byte-queue.ts';
import { assert, suite } from '../lib/suite.ts';

const test = suite('byte queues', { timeoutMs: 60_000 });

type Action =
  | { readonly kind: 'reserve'; readonly bytes: number }
  | { readonly kind: 'commit' | 'rollback' | 'release' | 'peek' };

const actions = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('reserve' as const), bytes: fc.integer({ min: 0, max: 150 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'release' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('rollback' as const, 'peek' as const) }) },
  ),
  { maxLength: 200 },
);

/** Fills a record with its number, so that one that was overwritten shows. */
function fill(bytes: Uint8Array, at: number, length: number, id: number): void {
  bytes.fill(id & 255, at, at + length);
}

for (const policy of ['reject', 'wait', 'drop-oldest'] as const) {
  test(`${policy}: behaves as a list of records that are visible after commit`, () => {
    fc.assert(
      fc.property(actions, fc.integer({ min: 64, max: 400 }), (steps: Action[], capacity) => {
        const queue = new ByteQueue(capacity, policy);
        let committed: { id: number; bytes: number }[] = [];
        let pending: { id: number; bytes: number }[] = [];
        let next = 1;
        for (const step of steps) {
          if (step.kind === 'reserve') {
            const before = queue.dropped;
            const at = queue.reserve(step.bytes);
            for (let dropped = queue.dropped - before; dropped > 0; dropped--)
              (committed.length > 0 ? committed : pending).shift();
            if (at < 0) {
              if (policy === 'drop-oldest') assert.ok(step.bytes + 8 > queue.capacity - 7, 'room can always be made');
              continue;
            }
            assert.equal(at % 8, 0);
            fill(queue.bytes, at, step.bytes, next);
            pending.push({ id: next++, bytes: step.bytes });
          } else if (step.kind === 'commit') {
            queue.commit();
            committed.push(...pending);
            pending = [];
          } else if (step.kind === 'rollback') {
            queue.rollback();
            pending = [];
          } else {
            const at = queue.take();
            const expected = committed[0];
            assert.equal(at >= 0, expected !== undefined);
            if (expected === undefined) continue;
            const content = queue.bytes.subarray(at, at + expected.bytes);
            assert.ok(
              content.every((byte) => byte === (expected.id & 255)),
              `record ${expected.id} is whole`,
            );
            if (step.kind === 'peek') queue.putBack();
            else {
              queue.release();
              committed = committed.slice(1);
            }
          }
          assert.equal(queue.count, committed.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });
}

test('a shared ring behaves as a list of frames that are visible after commit', () => {
  fc.assert(
    fc.property(actions, (steps: Action[]) => {
      const writer = SharedRing.create(512);
      const reader = new SharedRing(writer.shared);
      const committed: { id: number; bytes: number }[] = [];
      let pending: { id: number; bytes: number }[] = [];
      let next = 1;
      for (const step of steps) {
        if (step.kind === 'reserve') {
          const sure = writer.hasRoomFor(step.bytes);
          const isWritten = writer.write(7, next, next, 0, 0, new Uint8Array(step.bytes).fill(next & 255));
          if (sure) assert.ok(isWritten, 'what has room is written');
          if (isWritten) pending.push({ id: next++, bytes: step.bytes });
        } else if (step.kind === 'commit') {
          writer.commit();
          committed.push(...pending);
          pending = [];
        } else if (step.kind === 'rollback') {
          writer.rollback();
          pending = [];
        } else {
          const at = reader.take();
          const expected = committed[0];
          assert.equal(at >= 0, expected !== undefined);
          if (expected === undefined) continue;
          assert.equal(reader.words[(at >> 2) + 2], expected.id);
          const payload = reader.payload(at);
          assert.equal(payload.byteLength, expected.bytes);
          assert.ok(payload.every((byte) => byte === (expected.id & 255)));
          if (step.kind === 'peek') continue;
          reader.release();
          committed.shift();
        }
      }
    }),
    { numRuns: 3_000 },
  );
});

test.run();
