import { restartSchedule } from '../../../../host/src/cell/restart-schedule.ts';
import type { ModuleStatus } from '../../../../host/src/cell/status.ts';
import type { RestartScheduleName } from '../../../../host/src/manifest/deployment.ts';
import { pull, puppetWasm } from '../../../lib/puppet.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TestCell } from '../../../lib/test-cell.ts';
import { compileWat, guestWat } from '../../../lib/wat.ts';

const test = suite('restarts');
const TRAPS_AT_START = compileWat(guestWat({ handle: 'unreachable' }));

/** Times, in milliseconds since its first start, at which a module that always traps is started within a period. */
function startTimes(periodMs: number, spec: Parameters<TestCell['install']>[2]): number[] {
  const cell = new TestCell();
  const slot = cell.install('a', TRAPS_AT_START, spec);
  const began = cell.monotonic;
  const times: number[] = [];
  const note = () => {
    for (const notice of cell.takeNotices())
      if (notice.kind === 'state' && notice.state === 'starting') times.push(cell.monotonic - began);
  };
  cell.cell.start(slot);
  note();
  while (cell.monotonic - began < periodMs) {
    cell.advance(500);
    note();
  }
  return times;
}

test('starts a failed module at once, then after 1 s doubling to 5 min, for ever', () => {
  const times = startTimes(2_000_000, { restartSchedule: 'gatehouse' });
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
  assert.deepEqual(gaps.slice(0, 10), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000]);
  assert.deepEqual(
    gaps.slice(10),
    gaps.slice(10).map(() => 300_000),
  );
  assert.ok(gaps.length > 13);
});

test('IoT Edge: after 10 s doubling to 5 min, given up after 20 restarts', () => {
  const times = startTimes(10_000_000, { restartSchedule: 'iot-edge' });
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
  assert.deepEqual(gaps.slice(0, 7), [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  assert.equal(times.length, 21);
});

/** A cell with a puppet that fails when it is told to, and the states it went through. */
function failing(spec: Parameters<TestCell['install']>[2] = {}) {
  const cell = new TestCell();
  const p = cell.install('p', puppetWasm(), spec);
  cell.cell.start(p);
  const states = () =>
    cell
      .takeNotices()
      .flatMap((notice) => (notice.kind === 'state' ? [[notice.state, notice.retryInMs] as const] : []));
  const status = () => cell.cell.status().modules[0] as ModuleStatus;
  const fail = (): void => void pull(cell, p, ['trap']);
  return { cell, p, states, status, fail };
}

/** Milliseconds after each failure at which a module that always traps is started again, to the millisecond. */
function delays(schedule: RestartScheduleName, count: number): (number | undefined)[] {
  const cell = new TestCell();
  const slot = cell.install('a', TRAPS_AT_START, { restartSchedule: schedule });
  cell.cell.start(slot);
  const delays: (number | undefined)[] = [];
  while (delays.length < count) {
    const { retryInMs, state } = cell.cell.status().modules[0] as ModuleStatus;
    assert.equal(state, 'failed');
    delays.push(retryInMs);
    if (retryInMs === undefined) return delays;
    startsOf(cell);
    if (retryInMs > 0) cell.advance(retryInMs - 1);
    assert.equal(startsOf(cell), 0, 'not before its time');
    cell.advance(retryInMs > 0 ? 1 : 0);
    assert.equal(startsOf(cell), 1, 'and not later');
  }
  return delays;
}

/** How often the module was started since the last time. */
const startsOf = (cell: TestCell): number =>
  cell.takeNotices().filter((notice) => notice.kind === 'state' && notice.state === 'starting').length;

const DOUBLING = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000];

test('the whole schedule of gatehouse, to the millisecond', () => {
  const long = Array.from({ length: 20 }, () => 300_000);
  assert.deepEqual(delays('gatehouse', 30), [0, ...DOUBLING, ...long]);
});

test('the whole schedule of IoT Edge, to the millisecond', () => {
  const long = Array.from({ length: 15 }, () => 300_000);
  assert.deepEqual(delays('iot-edge', 30), [10_000, 20_000, 40_000, 80_000, 160_000, ...long, undefined]);
});

for (const schedule of ['gatehouse', 'iot-edge'] as const) {
  test(`${schedule}: failures are forgotten after running well, and not a millisecond earlier`, () => {
    const { wellAfterMs } = restartSchedule(schedule, 'always');
    for (const [ranMs, failures] of [
      [wellAfterMs - 1, 3],
      [wellAfterMs, 1],
    ] as const) {
      const { cell, status, fail } = failing({ restartSchedule: schedule });
      for (let times = 0; times < 2; times++) {
        fail();
        cell.advance(status().retryInMs ?? 0);
      }
      assert.equal(status().state, 'running');
      cell.advance(ranMs);
      fail();
      assert.equal(status().failures, failures);
    }
  });
}

test('the first failure costs no time, the second is waited for in the open', () => {
  const { cell, states, status, fail } = failing();
  fail();
  cell.advance(0);
  fail();
  assert.deepEqual(states(), [
    ['starting', undefined],
    ['running', undefined],
    ['failed', 0],
    ['starting', undefined],
    ['running', undefined],
    ['failed', 1_000],
  ]);
  assert.deepEqual([status().state, status().retryInMs], ['failed', 1_000]);
  cell.advance(400);
  assert.equal(status().retryInMs, 600);
  cell.advance(600);
  assert.deepEqual([status().state, status().retryInMs, status().restarts], ['running', undefined, 2]);
});

test('a module that is stopped while it waits for its next attempt is not started any more', () => {
  const { cell, p, states, status, fail } = failing();
  fail();
  cell.advance(0);
  fail();
  states();
  cell.cell.stop(p, 'shutdown');
  assert.deepEqual(states(), [['stopped', undefined]], 'there is nothing to stop');
  cell.advance(10_000_000);
  assert.deepEqual(states(), []);
  assert.deepEqual([status().state, status().retryInMs], ['stopped', undefined]);
  cell.cell.start(p);
  assert.equal(status().state, 'running');
});

test('a module says that it is stopping while it handles its stop event', () => {
  const { cell, p, states } = failing();
  cell.cell.stop(p, 'shutdown');
  cell.cell.stop(p, 'shutdown');
  assert.deepEqual(
    states().map(([state]) => state),
    ['starting', 'running', 'stopping', 'stopped'],
  );
});

test('a module that traps on its stop event is stopped, and no attempt is planned', () => {
  const { cell, p, states } = failing();
  pull(cell, p, ['mode', 'trap']);
  states();
  cell.cell.stop(p, 'shutdown');
  assert.deepEqual(states(), [
    ['stopping', undefined],
    ['failed', undefined],
    ['stopped', undefined],
  ]);
  cell.advance(10_000_000);
  assert.deepEqual(states(), []);
});

test('a module that is removed while it waits is not started any more', () => {
  const { cell, p, states, fail } = failing();
  fail();
  cell.advance(0);
  fail();
  cell.cell.stop(p, 'removed');
  cell.cell.remove(p);
  states();
  cell.advance(10_000_000);
  assert.deepEqual(states(), []);
});

test('the schedule of one module is no business of another', () => {
  const cell = new TestCell();
  const bad = cell.install('bad', TRAPS_AT_START);
  const good = cell.install('good', puppetWasm());
  cell.cell.start(bad);
  cell.cell.start(good);
  for (let n = 0; n < 100; n++) cell.advance(10_000);
  const [, status] = cell.cell.status().modules;
  assert.deepEqual([status?.state, status?.failures, status?.restarts], ['running', 0, 0]);
});

test('a module of policy never is not started again', () => {
  assert.equal(startTimes(1_000_000, { restartPolicy: 'never' }).length, 1);
});

test('failures are forgotten after running well', () => {
  const { wellAfterMs } = restartSchedule('gatehouse', 'always');
  const cell = new TestCell();
  const p = cell.install('p', puppetWasm());
  cell.cell.start(p);
  for (let failures = 0; failures < 3; failures++) {
    pull(cell, p, ['trap']);
    cell.advance(5_000);
  }
  assert.equal(cell.cell.status().modules[0]?.failures, 3);
  cell.advance(wellAfterMs);
  pull(cell, p, ['trap']);
  assert.equal(cell.cell.status().modules[0]?.failures, 1);
  assert.equal(cell.state('p'), 'running', 'and the next start comes at once');
});

for (const [name, wat, code] of [
  [
    'a version it does not know',
    guestWat({ handle: '(i32.const 0)' }).replace('(i32.const 1))', '(i32.const 2))'),
    'ABI_VERSION',
  ],
  ['no entry point', guestWat({ handle: '(i32.const 0)' }).replace('gatehouse_handle', 'other'), 'ABI_EXPORT'],
  ['no memory', guestWat({ handle: '(i32.const 0)' }).replace('(export "memory")', ''), 'ABI_EXPORT'],
  [
    'an import without grant',
    guestWat({ imports: '(import "kv" "remove" (func (param i32 i32) (result i32)))', handle: '(i32.const 0)' }),
    'ABI_IMPORT',
  ],
] as const) {
  test(`[ABI-10] a module with ${name} is not tried again`, () => {
    const cell = new TestCell();
    cell.cell.start(cell.install('a', wat));
    cell.advance(10_000_000);
    const notices = cell.takeNotices().flatMap((notice) => (notice.kind === 'state' ? [notice] : []));
    assert.deepEqual(
      notices.map(({ state, code: got }) => [state, got]),
      [
        ['starting', undefined],
        ['failed', code],
      ],
    );
    assert.equal(notices[1]?.retryInMs, undefined);
  });
}

for (const [what, block] of [
  ['0', '(i32.const 0)'],
  ['a block past the end', '(i32.const 131064)'],
  ['a pointer that is not a multiple of 8', '(i32.const 4100)'],
  ['a negative pointer', '(i32.const -8)'],
] as const) {
  test(`[ABI-2.3] an allocator that returns ${what} is a failure`, () => {
    const cell = new TestCell();
    const lying = `(module (memory (export "memory") 2)
      (func (export "gatehouse_abi_version") (result i32) (i32.const 1))
      (func (export "gatehouse_alloc") (param i32) (result i32) ${block})
      (func (export "gatehouse_handle") (param i32 i32) (result i32) (i32.const 0)))`;
    cell.cell.start(cell.install('a', lying));
    const failed = cell.takeNotices().find((notice) => notice.kind === 'state' && notice.state === 'failed');
    assert.ok(failed?.kind === 'state' && failed.code === 'MODULE_BAD_INBOX');
  });
}

test('[ABI-2.3] an allocator without memory for a frame costs that event and not the instance', () => {
  const cell = new TestCell();
  const small = guestWat({ handle: '(i32.const 0)' }).replace(
    '(local.get $at))',
    '(if (result i32) (i32.gt_u (local.get $bytes) (i32.const 2048)) (then (i32.const 0)) (else (local.get $at))))',
  );
  const slot = cell.install('a', small);
  cell.cell.start(slot);
  cell.call(slot, 1, 'large___', 'x'.repeat(4_000));
  cell.settle();
  assert.equal(cell.state('a'), 'running');
  assert.equal(cell.counters('a').refused, 1);
});

test('endless recursion is a trap like any other', () => {
  const cell = new TestCell();
  const recursing = guestWat({ functions: '(func $down (call $down))', handle: '(call $down) (i32.const 0)' });
  cell.cell.start(cell.install('a', recursing));
  assert.equal(cell.counters('a').trapped, 1);
});

test('a stopped module handles its stop event and stays stopped', () => {
  const cell = new TestCell();
  const p = cell.install('p', puppetWasm());
  cell.routes('FROM /messages/modules/p/* INTO $upstream');
  cell.cell.start(p);
  cell.takeEffects();
  cell.cell.stop(p, 'shutdown');
  assert.equal(cell.state('p'), 'stopped');
  const last = cell.takeEffects().at(-1)?.payload as Uint8Array;
  assert.equal(last[56], 7, 'it copied its stop event upstream');
  cell.advance(1_000_000);
  assert.equal(cell.state('p'), 'stopped');
});

test.run();
