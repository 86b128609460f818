import { assert, suite } from '../../../../lib/suite.ts';
import { openRig } from './air-rig.ts';

const test = suite('advertising and scanning');
const A = '00000001aa00'; // public address of controller 0 on the wire
const reports = (seen: readonly (readonly unknown[])[]): unknown[] => seen.filter(([kind]) => kind === 'report');

test('an advertisement is heard at once, and then at the interval asked for', () => {
  const { clock, hosts } = openRig(2);
  hosts[1]!.scan();
  hosts[1]!.seen();
  hosts[0]!.advertise({ intervalMs: 250 });
  assert.deepEqual(hosts[1]!.seen(), [['report', 0, 0, A, '0201', -60]]);
  clock.advance(249);
  assert.equal(hosts[1]!.seen().length, 0);
  clock.advance(1);
  assert.equal(hosts[1]!.seen().length, 1);
  clock.advance(2_500);
  assert.equal(hosts[1]!.seen().length, 10);
  hosts[0]!.command('leSetAdvertisingEnable', 0);
  clock.advance(2_500);
  assert.equal(hosts[1]!.seen().length, 0);
  assert.equal(clock.pending, 0);
});

test('an active scan brings the scan response behind each advertisement that may be scanned', () => {
  const { hosts } = openRig(3);
  hosts[2]!.scan({ isActive: true });
  hosts[2]!.seen();
  hosts[0]!.advertise({ type: 2 });
  hosts[1]!.advertise({ type: 3 });
  const [first, second, third] = hosts[2]!.seen();
  assert.deepEqual(first, ['report', 2, 0, A, '0201', -60]);
  assert.deepEqual(second, ['report', 4, 0, A, '0403', -60]);
  assert.deepEqual(third?.slice(0, 2), ['report', 3]);
});

test('with the duplicates filter a device is told once a scan, and again under another address', () => {
  const { clock, hosts } = openRig(2);
  hosts[1]!.scan({ isActive: true, isFiltering: true });
  hosts[1]!.seen();
  hosts[0]!.advertise();
  clock.advance(1_000);
  assert.equal(hosts[1]!.seen().length, 2);
  hosts[0]!.command('leSetAdvertisingEnable', 0);
  hosts[0]!.command('leSetRandomAddress', 1, 2, 3, 4, 5, 0xc6);
  hosts[0]!.advertise({ ownType: 1 });
  assert.deepEqual(hosts[1]!.seen()[0], ['report', 0, 1, '0102030405c6', '0201', -60]);
  hosts[1]!.scan({ isActive: true, isFiltering: true });
  clock.advance(100);
  assert.equal(reports(hosts[1]!.seen()).length, 2, 'a new scan begins with no acquaintances');
  hosts[1]!.command('leSetScanEnable', 1, 1);
  clock.advance(100);
  assert.equal(reports(hosts[1]!.seen()).length, 2, 'so does one that is switched on again');
});

test('each device is heard as strongly as the control channel says', () => {
  const { air, hosts } = openRig(2);
  air.setRssi(0, -93);
  hosts[1]!.scan();
  hosts[1]!.seen();
  hosts[0]!.advertise();
  assert.equal(hosts[1]!.seen()[0]?.[5], -93);
});

test('a silent device is not heard until it may speak again', () => {
  const { air, clock, hosts } = openRig(2);
  hosts[1]!.scan();
  hosts[1]!.seen();
  air.silence(0);
  hosts[0]!.advertise();
  clock.advance(1_000);
  assert.deepEqual(hosts[1]!.seen(), []);
  air.resume(0);
  clock.advance(100);
  assert.equal(hosts[1]!.seen().length, 1);
});

test('a host that does not read gets no reports, and they are counted', () => {
  const { clock, hosts } = openRig(2);
  hosts[1]!.scan();
  hosts[1]!.seen();
  hosts[1]!.backlogBytes = 65 * 1024;
  hosts[0]!.advertise();
  clock.advance(500);
  assert.deepEqual(hosts[1]!.seen(), []);
  assert.equal(hosts[1]!.controller.counters.lostReports, 6);
  hosts[1]!.backlogBytes = 0;
  clock.advance(100);
  assert.equal(hosts[1]!.seen().length, 1);
});

test('a reset and the loss of the adapter end advertising and scanning', () => {
  const { clock, hosts } = openRig(2);
  hosts[1]!.scan();
  hosts[0]!.advertise();
  hosts[1]!.command('reset');
  clock.advance(200);
  assert.deepEqual(hosts[1]!.seen(), []);
  hosts[0]!.controller.detach();
  assert.equal(clock.pending, 0);
});

const REFUSED: readonly [string, number, ...number[]][] = [
  ['an interval below 20 ms', 0x12, 0x1f, 0, 0x1f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0],
  ['a shortest interval above the longest', 0x12, 0x30, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0],
  ['no channel', 0x12, 0x20, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ['a kind that does not exist', 0x12, 0x20, 0, 0x20, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0],
  ['directed advertising', 0x11, 0x20, 0, 0x20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0],
  ['a private address', 0x11, 0x20, 0, 0x20, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0],
  ['a list of accepted devices', 0x11, 0x20, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 1],
];

for (const [what, status, ...parameters] of REFUSED) {
  test(`[BT-4-E-7.8.5] refuses ${what}`, () => {
    const { hosts } = openRig(1);
    assert.deepEqual(hosts[0]!.command('leSetAdvertisingParameters', ...parameters), [
      ['complete', 0x2006, status, ''],
    ]);
  });
}

test('refuses parameters while they are in use, data that are too long, and an address that is not set', () => {
  const [host] = openRig(1).hosts;
  host!.advertise();
  const parameters = [0x20, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0];
  assert.deepEqual(host!.command('leSetAdvertisingParameters', ...parameters), [['complete', 0x2006, 0x0c, '']]);
  assert.deepEqual(host!.command('leSetRandomAddress', 1, 2, 3, 4, 5, 6), [['complete', 0x2005, 0x0c, '']]);
  const long = [32, ...new Array(31).fill(0)];
  assert.deepEqual(host!.command('leSetAdvertisingData', ...long), [['complete', 0x2008, 0x12, '']]);
  assert.deepEqual(host!.command('leSetScanResponseData', ...long), [['complete', 0x2009, 0x12, '']]);
  host!.scan();
  assert.deepEqual(host!.command('leSetScanParameters', 1, 16, 0, 16, 0, 0, 0), [['complete', 0x200b, 0x0c, '']]);
  host!.command('leSetAdvertisingEnable', 0);
  assert.deepEqual(host!.advertise({ ownType: 1 }), [['complete', 0x200a, 0x12, '']]);
});

test.run();
