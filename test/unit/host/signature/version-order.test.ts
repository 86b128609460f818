import { isLowerVersion } from '../../../../host/src/signature/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('order of versions');

/** Ascending: the examples of semver.org 2.0.0, clause 11, and what goes wrong in other implementations. */
const ASCENDING = [
  '0.0.0-0',
  '0.0.0',
  '0.9.10',
  '1.0.0-0',
  '1.0.0-9',
  '1.0.0-10',
  '1.0.0-10.x',
  '1.0.0-9007199254740993',
  '1.0.0-9007199254740994',
  '1.0.0--',
  '1.0.0-0a',
  '1.0.0-Z',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0-rc.1.0',
  '1.0.0',
  '1.9.0',
  '1.10.0',
  '1.11.0-a-b',
  '1.11.0',
  '2.0.0',
  '10.0.0',
  '9007199254740993.0.0',
  '99999999999999999999999.0.0',
];

test('is that of semver.org for every pair', () => {
  for (const [i, a] of ASCENDING.entries())
    for (const [j, b] of ASCENDING.entries()) assert.equal(isLowerVersion(a, b), i < j, `${a} < ${b}`);
});

test('build metadata plays no part, with a dash in it either', () => {
  assert.equal(isLowerVersion('1.0.0+a', '1.0.0+b'), false);
  assert.equal(isLowerVersion('1.0.0+b', '1.0.0+a'), false);
  assert.equal(isLowerVersion('1.0.0+9-rc.1', '1.0.0'), false);
  assert.equal(isLowerVersion('1.0.0', '1.0.0+9-rc.1'), false);
  assert.equal(isLowerVersion('1.0.0-rc.1+zzz', '1.0.0'), true);
});

test.run();
