import { secretReferences } from '../../../../host/src/devices/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('secrets that a device names');

test('are found at any depth, in lists as well, each with its place', () => {
  const device = {
    type: 'x',
    password: { secret: 'a' },
    users: { eve: { password: { secret: 'b' } } },
    list: [{ key: { secret: 'c' } }, { key: 1 }],
  };
  assert.deepEqual(secretReferences(device), [
    { path: 'password.secret', name: 'a' },
    { path: 'users.eve.password.secret', name: 'b' },
    { path: 'list[0].key.secret', name: 'c' },
  ]);
});

test('are none where there is no reference', () => {
  assert.deepEqual(secretReferences({ type: 'x', secret: true, secrets: ['secret'], none: null }), []);
});

test.run();
