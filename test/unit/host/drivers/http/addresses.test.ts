import { isAddress, isPublicAddress } from '../../../../../host/src/drivers/http/addresses.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('public addresses');

/** First and last address of each range that is not public, with their neighbours that are. */
const V4_EDGES = [
  ['0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
  ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
  ['203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
  ['168.63.129.16', '168.63.129.16', '168.63.129.15', '168.63.129.17'],
  ['224.0.0.0', '255.255.255.255', '223.255.255.255'],
] as const;

test('IPv4: every special range is refused from its first to its last address, and its neighbours are public', () => {
  for (const [first, last, ...neighbours] of V4_EDGES) {
    for (const address of [first, last, `::ffff:${first}`, `::ffff:${last}`, `64:ff9b::${first}`])
      assert.equal(isPublicAddress(address), false, address);
    for (const address of neighbours) {
      assert.equal(isPublicAddress(address), true, address);
      assert.equal(isPublicAddress(`::ffff:${address}`), true, `::ffff:${address}`);
    }
  }
});

test('IPv6: only what is given out is public, without documentation, tunnels and translation', () => {
  for (const address of [
    ...[
      '::',
      '::1',
      '::2',
      '::127.0.0.1',
      '::8.8.8.8',
      '100::1',
      'fc00::1',
      'fdff::1',
      'fd00:ec2::254',
      'fe80::1',
      'fe80::1%eth0',
    ],
    ...[
      'febf::1',
      'fec0::1',
      'ff02::1',
      '2001::1',
      '2001:1ff::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '3fff::1',
      '64:ff9b:1::1',
    ],
    ...['::ffff:7f00:1', '::ffff:0:127.0.0.1', '1fff::1', '4000::1'],
  ])
    assert.equal(isPublicAddress(address), false, address);
  for (const address of [
    '2000::1',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2606:4700::1111',
    '2a00:1450:4001:80b::200e',
    '64:ff9b::8.8.8.8',
  ])
    assert.equal(isPublicAddress(address), true, address);
});

test('what is no address is none, and not public', () => {
  for (const text of ['', 'a', '1.2.3', '127.1', '0x7f000001', '1.2.3.4.5', ':::', '[::1]']) {
    assert.equal(isAddress(text), false, text);
    assert.equal(isPublicAddress(text), false, text);
  }
});

test.run();
