import { backOffDelays } from '../../../../host/src/drivers/back-off.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('back-off');
const SCHEDULE = { firstMs: 0, startMs: 100, maxMs: 1_000 };

function take(count: number, random: () => number): number[] {
  const delays = backOffDelays(SCHEDULE, random);
  return Array.from({ length: count }, () => delays.next().value);
}

test('doubles to its maximum and stays there', () => {
  const nominal = take(7, () => 1);
  assert.deepEqual(nominal, [0, 100, 200, 400, 800, 1_000, 1_000]);
});

test('draws each delay from the upper half below its nominal value', () => {
  const least = take(6, () => 0);
  assert.deepEqual(least, [0, 50, 100, 200, 400, 500]);
});

test.run();
