import { hostAndPort, isLoopback } from '../../../../host/src/network/host-address.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('addresses of hosts');

for (const host of ['localhost', '127.0.0.1', '127.9.8.7', '::1', '[::1]', '::ffff:127.0.0.1']) {
  test(`${host} stays on the machine`, () => {
    assert.ok(isLoopback(host));
  });
}

for (const host of [
  '',
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '127.0.0.1.example',
  '127.example',
  'localhost.example',
  '::12',
  '::ffff:10.0.0.1',
]) {
  test(`${JSON.stringify(host)} need not`, () => {
    assert.ok(!isLoopback(host));
  });
}

test('puts brackets around addresses of IPv6', () => {
  assert.equal(hostAndPort('10.0.0.1', 80), '10.0.0.1:80');
  assert.equal(hostAndPort('gateway.local', 80), 'gateway.local:80');
  assert.equal(hostAndPort('fe80::1', 80), '[fe80::1]:80');
});

test.run();
