import { assert, suite } from '../../../../../lib/suite.ts';
import type { Answer } from '../../driver-rig.ts';
import { answersAfter, isDead } from '../../fake-bus.ts';
import { LineRig, unitAt } from '../../line-rig.ts';

const test = suite('modbus line, a day', { timeoutMs: 60_000 });
const DEAD = [4, 7, 10];
const INTERVAL_MS = 10_000;
const HOURS = 24;

test('reads seven units of ten on time for 24 hours, asks the three dead ones rarely, and keeps nothing', async () => {
  const polls = { all: { registers: ['holding:0-9'], intervalMs: INTERVAL_MS } };
  const ids = Array.from({ length: 10 }, (_, n) => n + 1);
  const rig = await LineRig.open(Object.fromEntries(ids.map((id) => [`u${id}`, unitAt(id, { polls })])));
  const start = rig.clock.now();
  const counts = new Map<number, { good: number; worstMs: number }>();
  for (const id of ids) {
    rig.bus.units.set(id, DEAD.includes(id) ? isDead : answersAfter(40));
    const count = { good: 0, worstMs: 0 };
    counts.set(id, count);
    rig.rig.subscribe(`u${id}`, 'all', ({ status, blocks }: Answer) => {
      if (status !== 0) return;
      assert.equal(blocks[0]?.values[9], 100 * id + 9);
      count.good++;
      count.worstMs = Math.max(count.worstMs, (rig.clock.now() - start) % INTERVAL_MS);
    });
  }
  let timers = 0;
  for (let hour = 0; hour < HOURS; hour++) {
    rig.clock.advance(3_600_000);
    rig.bus.requests.length = 0;
    timers = Math.max(timers, rig.clock.pending);
  }
  for (const id of ids) {
    const { good, worstMs } = counts.get(id)!;
    const rounds = (HOURS * 3_600_000) / INTERVAL_MS;
    if (DEAD.includes(id)) assert.equal(good, 0);
    else assert.ok(good >= rounds && worstMs < 1_000, `u${id}: ${good} of ${rounds}, at most ${worstMs} ms late`);
    const { timeouts, queued } = rig.rig.status(`u${id}`) as Record<string, number>;
    assert.ok(queued! <= 1 && timeouts! <= (DEAD.includes(id) ? HOURS * 125 : 0), `u${id}: ${timeouts} timeouts`);
  }
  assert.ok(timers <= 10 + DEAD.length + 2, `${timers} timers`);
  assert.equal(rig.bus.collisions, 0);
});

test.run();
