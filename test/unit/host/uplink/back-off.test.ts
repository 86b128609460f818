import { BACK_OFF, backOffMs } from '../../../../host/src/uplink/back-off.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('uplink back-off');

test('has a ceiling of 1 s that doubles to 1 min and stays there', () => {
  const ceilings = Array.from({ length: 9 }, (_, index) => backOffMs(BACK_OFF, index + 1, 1));
  assert.deepEqual(ceilings, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('has full jitter: anything from nothing to the ceiling', () => {
  assert.equal(backOffMs(BACK_OFF, 3, 0), 0);
  assert.equal(backOffMs(BACK_OFF, 3, 0.25), 1_000);
});

test.run();
