import { ROUND_FUEL } from '../../../../host/src/cell/scheduler.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { DEFAULT_LIMITS, TestCell } from '../../../lib/test-cell.ts';
import { workerWat } from '../../../lib/worker-wat.ts';

const test = suite('modules share the thread in fuel');
/** The quota is not what these tests are about. */
const LIMITS = { ...DEFAULT_LIMITS, fuelPerSecond: 100_000_000_000, fuelBurst: 100_000_000_000 };
/** An event costs about 2,000,000 units: 20 rounds. */
const EXPENSIVE = workerWat({ loops: 400_000, timerMs: 0 });
const EXPENSIVE_FUEL = 2_001_000;
/** An event costs little more than what the host does for it. */
const CHEAP = workerWat({ loops: 10, timerMs: 0 });

/** Modules that always have work, and a clock that moves on by a tenth of a millisecond whenever it is looked at. */
function busy(...modules: string[]): TestCell {
  const cell = new TestCell();
  for (const [index, wat] of modules.entries()) cell.cell.start(cell.install(`m${index}`, wat, { limits: LIMITS }));
  cell.clockStepMs = 0.1;
  return cell;
}

const fuelOf = (cell: TestCell): number[] => cell.cell.status().modules.map(({ fuelUsed }) => fuelUsed);
const eventsOf = (cell: TestCell): number[] => cell.cell.status().modules.map(({ counters }) => counters.events);

test('expensive and cheap events get the same share while both have work, and neither starves', () => {
  const cell = busy(EXPENSIVE, CHEAP, CHEAP, EXPENSIVE);
  for (let turn = 0; turn < 100; turn++) assert.equal(cell.cell.turn(), 0);
  const fuel = fuelOf(cell);
  const spread = Math.max(...fuel) - Math.min(...fuel);
  assert.ok(Math.min(...fuel) > 10 * EXPENSIVE_FUEL, `${fuel}`);
  assert.ok(spread <= EXPENSIVE_FUEL + 2 * ROUND_FUEL, `${spread} apart: one event and a round`);
  const [expensive, cheap] = eventsOf(cell);
  assert.ok((cheap ?? 0) > 1_000 * (expensive ?? 0), `${cheap} cheap events, ${expensive} expensive ones`);
});

test('a module that is alone does not wait for anybody', () => {
  const cell = busy(EXPENSIVE);
  for (let turn = 0; turn < 10; turn++) cell.cell.turn();
  // Each turn looks at the clock some times: at least every second look is a turn of the module.
  assert.ok((eventsOf(cell)[0] ?? 0) > 50, `${eventsOf(cell)} events`);
});

test('what a module had while nobody else had work is not held against it', () => {
  const cell = new TestCell();
  const once = workerWat({ loops: 1_900_000, timerMs: 1_000 });
  const a = cell.install('a', once, { limits: LIMITS });
  const b = cell.install('b', CHEAP, { limits: LIMITS });
  cell.cell.start(a);
  cell.advance(1_000);
  cell.settle();
  assert.ok((fuelOf(cell)[0] ?? 0) > 9_000_000);
  cell.cell.start(b);
  cell.monotonic += 1_000;
  cell.clockStepMs = 0.1;
  const [before] = eventsOf(cell);
  for (let turn = 0; turn < 2; turn++) cell.cell.turn();
  assert.equal(eventsOf(cell)[0], (before ?? 0) + 1);
});

test('events of the host wait for their turn where their module had far more than its share', () => {
  const cell = new TestCell();
  cell.cell.start(cell.install('a', workerWat({ loops: 400_000 }), { limits: LIMITS }));
  cell.cell.start(cell.install('busy', CHEAP, { limits: LIMITS }));
  cell.clockStepMs = 0.1;
  for (let call = 1; call <= 3; call++) cell.call(0, call, 'work');
  cell.cell.turn();
  const [events, neighbour] = eventsOf(cell);
  assert.equal(events, 3, 'start, desired and the first method');
  assert.ok((neighbour ?? 0) > 300, 'the neighbour had its turns');
  for (let turn = 0; turn < 10; turn++) cell.cell.turn();
  assert.equal(eventsOf(cell)[0], 5, 'the others came later');
});

test('a turn of the cell ends after 2 ms although one module has more to do', () => {
  const cell = busy(CHEAP);
  for (let turn = 0; turn < 10; turn++) {
    const before = cell.monotonic;
    assert.equal(cell.cell.turn(), 0, 'there is more to do');
    assert.ok(cell.monotonic - before < 3, `${cell.monotonic - before} ms`);
  }
});

test('many modules whose timers are due at once do not keep the cell from its event loop', () => {
  const cell = new TestCell();
  const wat = workerWat({ loops: 10, timerMs: 5 });
  for (let n = 0; n < 100; n++) cell.cell.start(cell.install(`m${n}`, wat, { limits: LIMITS }));
  cell.monotonic += 5;
  cell.clockStepMs = 0.1;
  const before = cell.monotonic;
  assert.equal(cell.cell.turn(), 0);
  assert.ok(cell.monotonic - before < 3, `${cell.monotonic - before} ms`);
  cell.clockStepMs = 0;
  cell.settle();
  assert.deepEqual(new Set(eventsOf(cell)), new Set([3]), 'each had start, desired and a timer');
});

test('a turn goes on where the one before ended, so that nobody is overtaken', () => {
  const cell = busy(...Array<string>(50).fill(CHEAP));
  for (let turn = 0; turn < 200; turn++) cell.cell.turn();
  const fuel = fuelOf(cell);
  assert.ok(
    Math.max(...fuel) - Math.min(...fuel) <= 2 * ROUND_FUEL + 1_000,
    `${Math.min(...fuel)}..${Math.max(...fuel)}`,
  );
});

test.run();
