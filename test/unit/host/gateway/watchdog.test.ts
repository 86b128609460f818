import { Worker } from 'node:worker_threads';
import { Activity } from '../../../../host/src/bridge/activity.ts';
import { threadClock, wallClock, watchThreads } from '../../../../host/src/gateway/thread-clock.ts';
import { STUCK_AFTER_MS, stuckAfterMs, WATCH_EVERY_MS, Watchdog } from '../../../../host/src/gateway/watchdog.ts';
import { MODULE_LIMITS } from '../../../../host/src/limits.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { until } from '../../../lib/until.ts';

const test = suite('watchdog');

/** A cell whose thread works as the test says, and its watchdog. */
class Rig {
  readonly activity = new Activity();
  worked = 0;
  readonly watchdog: Watchdog;

  constructor(limitMs = STUCK_AFTER_MS) {
    this.watchdog = new Watchdog({ kind: 'cpu', workedMs: () => this.worked }, limitMs);
  }

  /** Looks each second for so long, in which the thread works for `share` of the time. */
  pass(ms: number, share: number) {
    for (let passed = 0; passed < ms; passed += WATCH_EVERY_MS) {
      this.worked += WATCH_EVERY_MS * share;
      const stuck = this.watchdog.look(this.activity.read());
      if (stuck !== undefined) return stuck;
    }
    return undefined;
  }
}

test('names the module that runs once its turn has cost more than the limit', () => {
  const rig = new Rig();
  rig.activity.enter(7);
  assert.equal(rig.pass(STUCK_AFTER_MS, 1), undefined);
  const stuck = rig.pass(2 * WATCH_EVERY_MS, 1);
  assert.equal(stuck?.slot, 7);
  assert.ok(stuck.workedMs >= STUCK_AFTER_MS);
});

test('says so when it is no module that runs', () => {
  const rig = new Rig();
  rig.activity.leave();
  const stuck = rig.pass(2 * STUCK_AFTER_MS, 1);
  assert.ok(stuck !== undefined);
  assert.equal(stuck.slot, undefined);
});

test('a cell on a board that is busy with others is judged by the tenth of the time that it gets', () => {
  const rig = new Rig();
  rig.activity.enter(1);
  assert.equal(rig.pass(9 * STUCK_AFTER_MS, 0.1), undefined);
  assert.ok(rig.pass(2 * STUCK_AFTER_MS, 0.1) !== undefined);
});

test('a process that was suspended for an hour in the middle of a turn is not stuck', () => {
  const rig = new Rig();
  rig.activity.enter(1);
  assert.equal(rig.pass(3_600_000, 0), undefined);
});

test('a host that did not look for an hour finds a cell that went on meanwhile healthy', () => {
  const rig = new Rig();
  rig.activity.enter(1);
  rig.pass(WATCH_EVERY_MS, 1);
  rig.worked += 3_600_000;
  rig.activity.enter(2);
  rig.activity.enter(1);
  assert.equal(rig.watchdog.look(rig.activity.read()), undefined);
  assert.equal(rig.pass(WATCH_EVERY_MS, 1), undefined);
});

test('a thread that loads its own code has the usual time for it, however short that of a turn is', () => {
  const rig = new Rig(WATCH_EVERY_MS);
  assert.equal(rig.pass(STUCK_AFTER_MS, 1), undefined);
  rig.activity.leave();
  assert.equal(rig.pass(WATCH_EVERY_MS, 1), undefined);
  assert.ok(rig.pass(2 * WATCH_EVERY_MS, 1) !== undefined);
  assert.ok(new Rig(WATCH_EVERY_MS).pass(2 * STUCK_AFTER_MS, 1) !== undefined);
});

test('a cell that takes turns is healthy however much it works', () => {
  const rig = new Rig();
  for (let turn = 0; turn < 1_000; turn++) {
    rig.activity.enter(turn % 3);
    assert.equal(rig.pass(WATCH_EVERY_MS, 1), undefined);
  }
});

test('the number of turns may overflow', () => {
  const rig = new Rig();
  new Int32Array(rig.activity.shared)[1] = 0x7fff_ffff;
  for (let turn = 0; turn < 10; turn++) {
    rig.activity.enter(turn);
    assert.equal(rig.pass(STUCK_AFTER_MS - WATCH_EVERY_MS, 1), undefined);
  }
});

test('without the time of the processor the limit is wide, and gaps between looks hardly count', () => {
  let now = 0;
  const activity = new Activity();
  const watchdog = new Watchdog(wallClock(() => now));
  activity.enter(1);
  watchdog.look(activity.read());
  for (let gaps = 0; gaps < 20; gaps++) {
    now += 3_600_000;
    assert.equal(watchdog.look(activity.read()), undefined, `after ${gaps} gaps`);
  }
  for (let looks = 0; looks < 30; looks++) {
    now += WATCH_EVERY_MS;
    if (watchdog.look(activity.read())?.slot === 1) return;
  }
  assert.fail('it never says so');
});

test('a clock counts what its thread works, not what passes', async () => {
  if (process.platform !== 'linux') return;
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const { result: worker, thread } = watchThreads(
    () =>
      new Worker(
        `const gate = require('node:worker_threads').workerData;
        Atomics.wait(gate, 0, 0);
        while (Atomics.load(gate, 0) === 1);
        Atomics.wait(gate, 0, 2);`,
        { eval: true, workerData: gate },
      ),
  );
  const clock = threadClock(thread);
  const set = (value: number) => {
    Atomics.store(gate, 0, value);
    Atomics.notify(gate, 0);
  };
  try {
    assert.equal(clock.kind, 'cpu');
    set(1);
    const before = clock.workedMs();
    await until('work', () => clock.workedMs() - before > 200);
    set(2);
    let last = -1;
    await until('rest', () => {
      const worked = clock.workedMs();
      const rests = worked === last;
      last = worked;
      return rests;
    });
  } finally {
    set(3);
    await worker.terminate();
  }
  assert.ok(clock.workedMs() > 200, 'and after its end it stands');
});

test('the limit is far above the budget of every call, and the time to compile', () => {
  const { fuelPerCall, moduleBytes } = MODULE_LIMITS;
  assert.equal(stuckAfterMs({ fuelPerCall: fuelPerCall.default, moduleBytes: moduleBytes.default }), STUCK_AFTER_MS);
  // About a second here.
  assert.ok(stuckAfterMs({ fuelPerCall: fuelPerCall.max, moduleBytes: 0 }) >= 20_000);
  assert.ok(stuckAfterMs({ fuelPerCall: 0, moduleBytes: moduleBytes.max }) >= 10_000);
});

test('a thread that is not known has a clock of the wall', () => {
  assert.equal(threadClock(undefined).kind, 'wall');
  assert.equal(threadClock(999_999_999).kind, 'wall');
});

test.run();
