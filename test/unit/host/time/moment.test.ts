import { timeOf } from '../../../../host/src/time/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('time of a moment');
const NOW = Date.UTC(2026, 10, 1);

test('is what the clock said while nobody has set it, to the millisecond', () => {
  const moment = { timeMs: NOW, monotonicMs: 1_000 };
  assert.equal(timeOf(moment, { timeMs: NOW + 60_000.4, monotonicMs: 61_000 }), NOW);
});

for (const [title, nowMs] of [
  ['from 1970', NOW],
  ['by a year forward', NOW + 365 * 86_400_000],
  ['back', NOW - 365 * 86_400_000],
] as const) {
  test(`is as long ago as the monotonic clock says when the clock was set ${title}`, () => {
    const moment = { timeMs: title === 'from 1970' ? 40_000 : NOW, monotonicMs: 1_000 };
    assert.equal(timeOf(moment, { timeMs: nowMs, monotonicMs: 61_000 }), nowMs - 60_000);
  });
}

test('is what the clock said of a moment that the monotonic clock does not know', () => {
  assert.equal(timeOf({ timeMs: 40_000, monotonicMs: Number.NaN }, { timeMs: NOW, monotonicMs: 61_000 }), 40_000);
});

test.run();
