import { type ClockSetting, WallClock } from '../../../../host/src/time/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { VirtualClocks } from './virtual-clocks.ts';

const test = suite('wall clock');

const BUILT = Date.UTC(2026, 5, 1);
const SAVED = Date.UTC(2026, 8, 1);
const NOW = Date.UTC(2026, 10, 1);
const YEAR_MS = 365 * 86_400_000;

function rig(timeMs: number, savedMs?: number) {
  const clocks = new VirtualClocks(timeMs);
  const clock = new WallClock({ builtAtMs: BUILT, read: clocks.read, ...(savedMs !== undefined && { savedMs }) });
  const settings: ClockSetting[] = [];
  clock.listen((setting) => settings.push(setting));
  return { clocks, clock, settings };
}

for (const [title, timeMs, savedMs, isKnown] of [
  ['from 1970', 42_000, undefined, false],
  ['a moment before the build', BUILT - 1, undefined, false],
  ['of the build', BUILT, undefined, true],
  ['between the build and the time that was saved', SAVED - 1, SAVED, false],
  ['that was saved', SAVED, SAVED, true],
  ['after the build, when what was saved is older', BUILT, BUILT - 1, true],
  ['of today', NOW, SAVED, true],
  ['of 2100', Date.UTC(2100, 0, 1), undefined, false],
  ['of today, when what was saved is not possible', NOW, Date.UTC(2150, 0, 1), true],
] as const) {
  test(`a time ${title} is ${isKnown ? '' : 'not '}believed`, () => {
    assert.equal(rig(timeMs, savedMs).clock.isKnown, isKnown);
  });
}

test('the time is known as soon as somebody sets the clock, which is told once', () => {
  const { clocks, clock, settings } = rig(0, SAVED);
  clocks.pass(5_000);
  assert.equal(clock.isKnown, false);
  clocks.timeMs = NOW;
  assert.equal(clock.isKnown, true);
  clock.look();
  assert.deepEqual(settings, [{ wasMs: 5_000, isMs: NOW, wasKnown: false, isKnown: true }]);
});

test('the time is known when the clock has come to the floor by itself', () => {
  const { clocks, clock, settings } = rig(SAVED - 1_000, SAVED);
  clocks.pass(1_000);
  clock.look();
  assert.equal(clock.isKnown, true);
  assert.deepEqual(
    settings.map(({ wasKnown, isKnown }) => [wasKnown, isKnown]),
    [[false, true]],
  );
});

test('a clock that is set back while the host looks on is believed from the build on: what was saved may have been wrong', () => {
  const { clocks, clock } = rig(NOW + YEAR_MS, NOW + YEAR_MS);
  clocks.timeMs = NOW;
  assert.equal(clock.isKnown, true);
  clocks.timeMs = BUILT - 1;
  assert.equal(clock.isKnown, false);
  clocks.timeMs = NOW;
  assert.equal(clock.isKnown, true);
});

test('a clock that is set to what cannot be does not take back what is known to be over', () => {
  const { clocks, clock } = rig(NOW, SAVED);
  for (const timeMs of [0, Date.UTC(2100, 0, 1)]) {
    clocks.timeMs = timeMs;
    assert.equal(clock.isKnown, false);
    assert.equal(clock.floorMs, SAVED);
  }
  clocks.timeMs = SAVED - 1;
  assert.equal(clock.isKnown, true);
  assert.equal(clock.floorMs, BUILT);
});

test('setting the clock is told in both directions, with what it would say', () => {
  const { clocks, clock, settings } = rig(NOW);
  clocks.pass(3_000);
  clocks.timeMs += YEAR_MS;
  clock.look();
  clocks.timeMs -= YEAR_MS;
  clock.look();
  assert.deepEqual(
    settings.map(({ wasMs, isMs }) => isMs - wasMs),
    [YEAR_MS, -YEAR_MS],
  );
});

test('a clock that drifts is not one that is set, until it is off by a second', () => {
  const { clocks, clock, settings } = rig(NOW);
  for (let step = 0; step < 9; step++) {
    clocks.pass(60_000);
    clocks.timeMs += 100;
    clock.look();
  }
  assert.equal(settings.length, 0);
  clocks.timeMs += 100;
  clock.look();
  assert.equal(settings.length, 1);
});

test('tells for how long nobody has set the clock', () => {
  const { clocks, clock } = rig(NOW);
  clocks.pass(10_000);
  assert.equal(clock.steadyMs, 10_000);
  clocks.timeMs += 5_000;
  assert.equal(clock.steadyMs, 0);
  clocks.pass(2_000);
  assert.equal(clock.steadyMs, 2_000);
});

test('who has stopped listening is not told', () => {
  const { clocks, clock } = rig(NOW);
  let told = 0;
  const stop = clock.listen(() => told++);
  stop();
  clocks.timeMs += YEAR_MS;
  clock.look();
  assert.equal(told, 0);
});

test.run();
