import { packOrigin, unpackOrigin } from '../../../../host/src/bridge/frames.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('origin of device requests');

for (const [madeAt, now, ageMs] of [
  [0, 0, 0],
  [1_000, 1_250.7, 250],
  [1_003, 1_000, 0],
  [2, 2 ** 24 - 1, 0],
  [2 ** 24 - 1, 2 ** 24 + 9, 10],
  [2 ** 24 * 1_000 + 5, 2 ** 24 * 1_000 + 3_600_005, 3_600_000],
] as const) {
  test(`made at ${madeAt}, looked at at ${now}: ${ageMs} ms old`, () => {
    assert.deepEqual(unpackOrigin(packOrigin(7, madeAt), now), { driver: 7, ageMs });
  });
}

test.run();
