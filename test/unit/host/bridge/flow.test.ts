import fc from 'fast-check';
import { Flow } from '../../../../host/src/bridge/flow.ts';
import { SharedRoom } from '../../../../host/src/cell/shared-room.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('room of inputs with producers in several cells');

test('what producers sent and nobody consumed is in use, for each input apart', () => {
  const flow = Flow.create(2, 3);
  flow.setSent(0, 0, 100);
  flow.setSent(0, 2, 50);
  flow.setSent(1, 1, 7);
  flow.consume(0, 30);
  assert.deepEqual([flow.used(0), flow.used(1)], [120, 7]);
});

test('counts may overflow', () => {
  const flow = Flow.create(1, 2);
  flow.setSent(0, 0, 0x7fff_fff0 + 0x20);
  flow.setSent(0, 1, -8);
  flow.setConsumed(0, 0x7fff_fff0 - 8);
  assert.equal(flow.used(0), 0x20);
});

test('a reservation beyond what is free takes nothing', () => {
  const flow = Flow.create(1, 2);
  const [one, other] = [new SharedRoom(flow, 0, 0, 100), new SharedRoom(flow, 0, 1, 100)];
  assert.ok(one.reserve(60));
  assert.equal(other.freeBytes, 40);
  assert.equal(other.reserve(41), false);
  assert.ok(other.reserve(40));
  assert.equal(flow.used(0), 100);
});

test('never more than the capacity is in use, and never less than is held, whatever producers and consumer do', () => {
  const step = fc.record({
    room: fc.integer({ min: 0, max: 2 }),
    what: fc.constantFrom('reserve', 'commit', 'rollback', 'consume'),
    bytes: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const flow = Flow.create(1, 3);
      const rooms = [0, 1, 2].map((producer) => new SharedRoom(flow, 0, producer, 100));
      const pending: number[][] = [[], [], []];
      const held: number[] = [];
      for (const { room, what, bytes } of steps) {
        const mine = pending[room] as number[];
        if (what === 'reserve' && rooms[room]!.reserve(bytes)) mine.push(bytes);
        if (what === 'commit') {
          rooms[room]!.commit();
          held.push(...mine.splice(0));
        }
        if (what === 'rollback') {
          rooms[room]!.rollback();
          mine.length = 0;
        }
        if (what === 'consume' && held.length > 0) rooms[0]!.consume(held.shift() as number);
        const sum = [...held, ...pending.flat()].reduce((total, each) => total + each, 0);
        assert.equal(flow.used(0), sum);
        assert.ok(sum <= 100);
      }
    }),
  );
});

test.run();
