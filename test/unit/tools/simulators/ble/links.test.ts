import { LANE_FRAGMENTS_MAX } from '../../../../../tools/simulators/ble/lane.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { connectPair, type Host, openRig } from './air-rig.ts';

const test = suite('links');
const attOf = (host: Host): string[] => host.acls().map(({ data }) => data.subarray(4).toString('hex'));
const disconnect = (host: Host, handle: number, reason = 0x13) =>
  host.command('disconnect', handle & 0xff, handle >> 8, reason);

test('a connection comes about at the next advertisement, with a handle of its own on each side', () => {
  const { clock, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  assert.deepEqual(central.connect(peripheral), [['status', 0x200d, 0]]);
  clock.advance(60_000);
  assert.deepEqual(central.seen(), [], 'the request stays with the controller');
  const [, told] = peripheral.advertise();
  assert.deepEqual(told, ['connected', 0, 0x60, 1, '00000001aa00']);
  assert.deepEqual(central.seen(), [['connected', 0, 0x40, 0, '01000001aa00']]);
  assert.equal(peripheral.controller.advertiser.isOn, false);
});

test('data arrive once, in order, as a controller marks them, and each packet gives room for one more', () => {
  const { hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [here, there] = connectPair(central, peripheral);
  central.acl(here, Buffer.from('0600040011', 'hex'));
  central.acl(here, Buffer.from('2233445566', 'hex'), 1);
  assert.deepEqual(peripheral.seen(), [
    ['acl', there, 2, '0600040011'],
    ['acl', there, 1, '2233445566'],
  ]);
  assert.deepEqual(central.seen(), [
    ['room', here, 1],
    ['room', here, 1],
  ]);
});

test('data for no link, of a kind that no host sends, or longer than the room, are dropped and counted', () => {
  const { hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [here] = connectPair(central, peripheral);
  central.acl(here + 1, Buffer.from('aa', 'hex'));
  central.acl(here, Buffer.from('aa', 'hex'), 2);
  central.acl(here, Buffer.from('aa', 'hex'), 0, 1);
  central.acl(here, Buffer.alloc(252));
  assert.deepEqual([...central.seen(), ...peripheral.seen()], []);
  assert.equal(central.controller.counters.refusedAclPackets, 4);
});

test('a host that hangs up gives its reason to the other side', () => {
  const { hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [here, there] = connectPair(central, peripheral);
  assert.deepEqual(disconnect(central, here, 0x15), [
    ['status', 0x0406, 0],
    ['disconnected', here, 0x16],
  ]);
  assert.deepEqual(peripheral.seen(), [['disconnected', there, 0x15]]);
  assert.deepEqual(disconnect(central, here), [['status', 0x0406, 0x02]], 'it is over');
  const again = connectPair(central, peripheral);
  assert.deepEqual(disconnect(peripheral, again[1], 0x00), [['status', 0x0406, 0x12]], 'no such reason');
});

test('a dropped link ends with a supervision timeout on both sides, and only that link', () => {
  const { air, hosts } = openRig(3);
  const [central, first, second] = hosts as [Host, Host, Host];
  const [toFirst] = connectPair(central, first);
  connectPair(central, second);
  air.drop(1, 0);
  assert.deepEqual(central.seen(), [['disconnected', toFirst, 0x08]]);
  assert.equal(first.seen()[0]?.[2], 0x08);
  assert.deepEqual(second.seen(), []);
  assert.throws(() => air.drop(1, 0), /NO_LINK: peer: expected a peer of controller 1, got 0/);
  assert.throws(() => air.drop(3), /NO_CONTROLLER: controller: expected a whole number from 0 to 2, got 3/);
  assert.throws(() => air.drop(0, 3), /NO_CONTROLLER: peer: /);
  air.drop(0);
  assert.equal(second.seen()[0]?.[2], 0x08);
});

test('when an adapter is gone, its peer notices after the supervision timeout of the link', () => {
  const { clock, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [here] = connectPair(central, peripheral, { timeout: 42 });
  peripheral.controller.detach();
  central.att(here, 0x0a, 3, 0);
  clock.advance(419);
  assert.deepEqual(central.seen(), []);
  clock.advance(1);
  assert.deepEqual(central.seen(), [['disconnected', here, 0x08]]);
  assert.equal(clock.pending, 0);
});

test('hanging up before that is the end, without a second one', () => {
  const { clock, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [here] = connectPair(central, peripheral);
  peripheral.command('reset');
  assert.equal(disconnect(central, here).length, 2);
  clock.advance(10_000);
  assert.deepEqual([...central.seen(), ...peripheral.seen()], []);
  connectPair(central, peripheral);
  peripheral.controller.detach();
  central.controller.detach();
  assert.equal(clock.pending, 0);
});

test('a silent device keeps its links; what it sends arrives in order when it may speak again', () => {
  const { air, clock, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [here, there] = connectPair(central, peripheral);
  air.silence(1);
  for (let n = 0; n < 8; n++) peripheral.att(there, 0x1b, n);
  central.att(here, 0x0a, 3, 0);
  clock.advance(100_000);
  assert.deepEqual(central.seen(), [['room', here, 1]], 'the silent one still hears');
  assert.deepEqual(
    peripheral.seen().map(([kind]) => kind),
    ['acl'],
    'and gets no room for more',
  );
  air.resume(1);
  assert.deepEqual(attOf(central), ['1b00', '1b01', '1b02', '1b03', '1b04', '1b05', '1b06', '1b07']);
  assert.equal(peripheral.seen().length, 8);
});

test('a host that ignores the flow control loses what is too much, and is counted', () => {
  const { air, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [, there] = connectPair(central, peripheral);
  air.silence(1);
  for (let n = 0; n < LANE_FRAGMENTS_MAX + 5; n++) peripheral.att(there, 0x1b, n);
  const end = peripheral.controller.links.get(there)!;
  assert.deepEqual([end.link.laneFrom(end).queued, end.link.laneFrom(end).refused], [LANE_FRAGMENTS_MAX, 5]);
  air.resume(1);
  assert.equal(attOf(central).length, LANE_FRAGMENTS_MAX);
});

test('packets spend the delay on the way and stay in order when it is changed', () => {
  const { air, clock, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [, there] = connectPair(central, peripheral);
  air.setDelay(1, 300);
  peripheral.att(there, 0x1b, 1);
  air.setDelay(1, 0);
  peripheral.att(there, 0x1b, 2);
  clock.advance(299);
  assert.deepEqual(attOf(central), []);
  clock.advance(1);
  assert.deepEqual(attOf(central), ['1b01', '1b02']);
  air.setDelay(1, 300);
  peripheral.att(there, 0x1b, 3);
  air.drop(1);
  assert.equal(clock.pending, 0, 'what was on the way is lost with the link');
});

test('a host that reads slowly holds its peer up, and gets everything when it reads again', () => {
  const { air, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [, there] = connectPair(central, peripheral);
  central.backlogBytes = 65 * 1024;
  for (let n = 0; n < 8; n++) peripheral.att(there, 0x1b, n);
  assert.deepEqual([...central.seen(), ...peripheral.seen()], []);
  central.backlogBytes = 0;
  air.flow(central.controller);
  assert.equal(attOf(central).length, 8);
});

test('a host that gives commands and never reads the answers is cut off', () => {
  const [host] = openRig(1).hosts;
  host!.backlogBytes = 1024 * 1024 + 1;
  host!.command('reset');
  assert.equal(host!.isCutOff, true);
});

test('[BT-4-E-7.8.18] a change of timing is told to both sides', () => {
  const { hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [here, there] = connectPair(central, peripheral);
  const timing = [24, 0, 40, 0, 2, 0, 100, 0, 0, 0, 0, 0];
  const [status, updated] = central.command('leUpdateConnection', here, 0, ...timing);
  assert.deepEqual(
    [status, updated],
    [
      ['status', 0x2013, 0],
      ['updated', here, 40, 2, 100],
    ],
  );
  assert.deepEqual(peripheral.seen(), [['updated', there, 40, 2, 100]]);
  timing[6] = 30; // as long as two intervals with their latency, and not longer
  assert.deepEqual(central.command('leUpdateConnection', here, 0, ...timing), [['status', 0x2013, 0x12]]);
  assert.deepEqual(central.command('leUpdateConnection', 9, 0, ...timing), [['status', 0x2013, 0x02]]);
});

test('[BT-4-E-7.5.4] the strength of a link is that of the peer', () => {
  const { air, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [here] = connectPair(central, peripheral);
  air.setRssi(1, -71);
  assert.deepEqual(central.command('readRssi', here, 0), [['complete', 0x1405, 0, '4000b9']]);
  assert.deepEqual(central.command('readRssi', 9, 0), [['complete', 0x1405, 2, '09007f']]);
});

test('[BT-4-E-7.8.13] a cancelled connection ends as one that failed', () => {
  const { hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  central.connect(peripheral);
  assert.deepEqual(central.connect(peripheral), [['status', 0x200d, 0x0c]], 'one at a time');
  assert.deepEqual(central.command('leCancelConnection'), [
    ['complete', 0x200e, 0, ''],
    ['connected', 2, 0, 0, '01000001aa00'],
  ]);
  assert.deepEqual(central.command('leCancelConnection'), [['complete', 0x200e, 0x0c, '']]);
  peripheral.advertise();
  assert.deepEqual(central.seen(), []);
});

test('a peer that is connected already, and one link too many, are refused', () => {
  const { hosts } = openRig(18);
  const [central, ...peripherals] = hosts as [Host, ...Host[]];
  for (const peripheral of peripherals.slice(0, 16)) connectPair(central, peripheral);
  assert.equal(central.controller.links.size, 16);
  assert.deepEqual(central.connect(peripherals[16]!), [['status', 0x200d, 0x09]]);
  disconnect(central, 0x40);
  assert.deepEqual(central.connect(peripherals[1]!), [['status', 0x200d, 0x0b]]);
});

test('a damaged answer has one byte inverted, or ends early in a frame that is whole; others are left alone', () => {
  const { air, hosts } = openRig(2);
  const [central, peripheral] = hosts as [Host, Host];
  const [, there] = connectPair(central, peripheral);
  air.corrupt(1, { how: 'flip', at: 1, packets: 2 });
  peripheral.att(there, 0x1b);
  peripheral.att(there, 0x1b, 0x0f, 0x22);
  peripheral.acl(there, Buffer.from('020005001b0f', 'hex'));
  peripheral.att(there, 0x1b, 0x0f);
  peripheral.att(there, 0x1b, 0x0f);
  assert.deepEqual(attOf(central), ['1b', '1bf022', '1b0f', '1bf0', '1b0f']);
  air.corrupt(1, { how: 'cut', at: 2, packets: 1 });
  peripheral.acl(there, Buffer.from('060004001b0102', 'hex'));
  peripheral.acl(there, Buffer.from('030405', 'hex'), 1);
  peripheral.att(there, 0x1b, 1, 2);
  const frames = central.acls().map(({ data }) => data.toString('hex'));
  assert.deepEqual(frames, ['020004001b01', '030004001b0102'], 'the rest of the packet is lost with it');
});

test.run();
