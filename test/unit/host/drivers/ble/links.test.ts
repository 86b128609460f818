import { STATUS } from '../../../../../host/src/abi/constants.ts';
import { Central } from '../../../../../host/src/drivers/ble/central/index.ts';
import { DETAIL } from '../../../../../host/src/drivers/ble/detail.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { addressOf, BleRig, PATH, passOn, peerConfig } from './ble-rig.ts';
import { FakePeer, FakeRadio } from './fake-radio.ts';

const test = suite('links of the Bluetooth driver');

const withRig = (open: () => Promise<BleRig>, body: (rig: BleRig) => Promise<void>) => async (): Promise<void> => {
  const rig = await open();
  try {
    await body(rig);
  } finally {
    const closing = rig.driver.close();
    await rig.pass(5_000);
    await closing;
  }
};
const statesOf = (rig: BleRig): unknown[] => rig.peers.map((_, index) => rig.status(`peer-${index + 1}`)['state']);

test(
  'a device that is kept is linked at start, and again after each loss',
  withRig(
    () => BleRig.of(1),
    async (rig) => {
      assert.equal(rig.status()['state'], 'linked');
      for (let losses = 1; losses <= 3; losses++) {
        rig.peer.link!.close('code 8');
        await rig.pass(20_000);
        assert.deepEqual([rig.status()['state'], rig.status()['connections']], ['linked', losses + 1]);
      }
      assert.equal(rig.logs.filter((text) => text.includes('is lost')).length, 3);
    },
  ),
);

test(
  'a device that is away is not asked for: it is listened for, and connected to when it is heard',
  withRig(
    () => BleRig.of(1),
    async (rig) => {
      rig.peer.isThere = false;
      rig.peer.link!.close('code 8');
      await rig.pass(60_000);
      assert.deepEqual([rig.radio.connecting, rig.radio.scan], [undefined, 'passive']);
      rig.peer.isThere = true;
      await rig.pass(500);
      assert.equal(rig.status()['state'], 'linked');
      assert.equal(rig.radio.scan, undefined, 'nobody is listened for any more');
    },
  ),
);

test(
  'an attempt that is not answered is given up at its deadline, and made again with growing delays',
  withRig(
    () => BleRig.of(1),
    async (rig) => {
      rig.peer.accepts = false;
      rig.peer.link!.close('code 8');
      await rig.pass(60_000);
      const attempts = rig.status()['connectFailures'] as number;
      assert.ok(attempts >= 5 && attempts <= 9, `${attempts} attempts in a minute`);
      rig.peer.accepts = true;
      await rig.pass(31_000);
      assert.equal(rig.status()['state'], 'linked');
    },
  ),
);

test(
  'an address is only connected to with the type that it is heard with, and that the configuration names',
  withRig(
    async () => {
      const peers = [new FakePeer(addressOf(1)), new FakePeer(addressOf(1), { addressType: 'random' })];
      const rig = new BleRig({ devices: { 'peer-1': peerConfig(1, { addressType: 'random' }) }, peers });
      await rig.driver.open();
      await rig.pass(1_000);
      return rig;
    },
    async (rig) => {
      assert.equal(rig.peers[0]!.link, undefined);
      assert.ok(rig.peers[1]!.link !== undefined);
    },
  ),
);

test(
  'more devices than links take turns, so that each has the same number of them',
  withRig(
    () => BleRig.of(5, { timeoutMs: 500 }, 2),
    async (rig) => {
      await rig.pass(10 * 60_000, 50);
      const connections = rig.peers.map((_, index) => rig.status(`peer-${index + 1}`)['connections'] as number);
      assert.ok(Math.max(...connections) - Math.min(...connections) <= 1, connections.join(' '));
      assert.ok(Math.min(...connections) >= 6, connections.join(' '));
      assert.equal(rig.radio.linksMax, 2);
      assert.equal(statesOf(rig).filter((state) => state === 'waiting').length, 3);
      assert.deepEqual(rig.logs, [], 'nobody is to blame');
    },
  ),
);

test(
  'a subscription is told that another device has its turn',
  withRig(
    () => BleRig.of(2, {}, 1),
    async (rig) => {
      const first = statesOf(rig).indexOf('linked') + 1;
      const told = rig.ask({ kind: 'subscribe', path: PATH }, `peer-${first}`);
      await rig.pass(80_000, 50);
      const all = told.map(({ status, detail }) => [status, detail]);
      assert.deepEqual(all.slice(0, 3), [
        [STATUS.ok, 0],
        [STATUS.unavailable, DETAIL.turn],
        [STATUS.ok, 0],
      ]);
    },
  ),
);

test(
  'a link on demand that nobody uses is given up at once for another device, else after its idle time',
  withRig(
    () => BleRig.of(2, { connection: 'on-demand', idleMs: 60_000 }, 1),
    async (rig) => {
      assert.deepEqual(statesOf(rig), ['idle', 'idle']);
      assert.equal((await rig.answered(() => rig.read('peer-1'))).status, STATUS.ok);
      assert.deepEqual(statesOf(rig), ['linked', 'idle']);
      assert.equal((await rig.answered(() => rig.read('peer-2'))).status, STATUS.ok);
      assert.deepEqual(statesOf(rig), ['idle', 'linked']);
      await rig.pass(61_000);
      assert.deepEqual(statesOf(rig), ['idle', 'idle']);
      assert.equal(rig.radio.scan, undefined);
    },
  ),
);

test(
  'a link in use is not given up for another device before it had its turn',
  withRig(
    () => BleRig.of(2, { connection: 'on-demand' }, 1),
    async (rig) => {
      rig.ask({ kind: 'subscribe', path: PATH }, 'peer-1');
      await rig.pass(1_000);
      const read = rig.read('peer-2', 60_000);
      await rig.pass(28_000);
      assert.deepEqual([statesOf(rig), read], [['linked', 'waiting'], []]);
      await rig.pass(3_000);
      assert.equal(read[0]?.status, STATUS.ok);
    },
  ),
);

test(
  'a lost adapter is opened anew with growing delays; links come back, and it is said once',
  withRig(
    () => BleRig.of(2),
    async (rig) => {
      rig.hasAdapter = false;
      rig.radio.events.lost('it is unplugged');
      await rig.pass(10 * 60_000, 100);
      assert.deepEqual(statesOf(rig), ['waiting', 'waiting']);
      const opens = rig.radios.length;
      assert.ok(opens > 15 && opens < 40, `${opens} attempts in ten minutes`);
      assert.equal(rig.radios.filter(({ isClosed }) => !isClosed).length <= 1, true);
      rig.hasAdapter = true;
      await rig.pass(31_000);
      assert.deepEqual(statesOf(rig), ['linked', 'linked']);
      assert.deepEqual(rig.logs.length, 2, rig.logs.join('\n'));
    },
  ),
);

for (const [what, provoke] of [
  ['a scan that does not begin', (rig: BleRig) => rig.peer.link?.close('code 8')],
  [
    'an attempt that does not end',
    (rig: BleRig) => {
      rig.peer.accepts = false;
      rig.radio.obeys = true;
      rig.peer.link?.close('code 8');
    },
  ],
] as const)
  test(
    `an adapter that does not do what it is told is opened anew: ${what}`,
    withRig(
      () => BleRig.of(1),
      async (rig) => {
        const { radio } = rig;
        if (what.includes('scan')) radio.obeys = false;
        provoke(rig);
        if (what.includes('attempt')) {
          for (let turn = 0; turn < 200 && radio.connecting === undefined; turn++) await rig.pass(10);
          radio.obeys = false;
        }
        await rig.pass(5_000);
        assert.ok(radio.isClosed && rig.radios.length >= 2);
        rig.peer.accepts = true;
        await rig.pass(31_000);
        assert.equal(rig.status()['state'], 'linked');
      },
    ),
  );

test(
  'a peer that is silent while its link is ended, for as long as a link may be, costs others nothing',
  withRig(
    () => BleRig.of(2),
    async (rig) => {
      const { link } = rig.peer;
      rig.peer.answers = false;
      link!.ends = false;
      rig.peer.isThere = false;
      assert.equal((await rig.answered(() => rig.read())).status, STATUS.timeout);
      await rig.pass(32_000);
      assert.equal(rig.status('peer-2')['connections'], 1);
      assert.equal((await rig.answered(() => rig.read('peer-2'))).status, STATUS.ok);
      link!.close('code 8');
      await rig.pass(10_000);
      assert.deepEqual([rig.radios.length, rig.status('peer-2')['connections']], [1, 1]);
    },
  ),
);

test(
  'an adapter that does not end a link is opened anew',
  withRig(
    () => BleRig.of(1),
    async (rig) => {
      rig.peer.answers = false;
      rig.peer.link!.ends = false;
      const read = await rig.answered(() => rig.read());
      assert.deepEqual([read.status, read.detail], [STATUS.timeout, DETAIL.noAnswer]);
      await rig.pass(40_000);
      assert.equal(rig.radios.length, 2);
      rig.peer.answers = true;
      assert.equal((await rig.answered(() => rig.read())).status, STATUS.ok);
    },
  ),
);

test('closing ends links, scans and attempts, and everything that waits, whatever is under way', async () => {
  for (const ms of [0, 10, 50, 110, 120, 130, 150, 1_000]) {
    const rig = new BleRig({
      devices: { 'peer-1': peerConfig(1), 'peer-2': peerConfig(2), air: airConfig },
      peers: [new FakePeer(addressOf(1)), new FakePeer(addressOf(2))],
    });
    rig.peers[1]!.accepts = false;
    await rig.driver.open();
    const answers = [
      rig.read(),
      rig.ask({ kind: 'subscribe', path: PATH }),
      rig.ask({ kind: 'advertisements' }, 'air'),
    ];
    await rig.pass(ms);
    const closing = rig.driver.close();
    await rig.pass(5_000);
    await closing;
    assert.equal(rig.clock.pending, 0, `after ${ms} ms`);
    assert.ok(rig.radios.every(({ isClosed }) => isClosed));
    assert.deepEqual(
      answers.map((told) => (told.at(-1)?.status ?? 0) < 0 || told.length > 0),
      [true, true, true],
    );
  }
});

test('closing gives up a link that does not end, and leaves no timer', async () => {
  const rig = await BleRig.of(1);
  rig.peer.link!.ends = false;
  const closing = rig.driver.close();
  await rig.pass(5_000);
  await closing;
  assert.equal(rig.clock.pending, 0);
});

test('a link that nobody has any more counts until it has ended; closing gives it up, and leaves no timer', async () => {
  const [clock, peer] = [new VirtualClock(), new FakePeer(addressOf(1))];
  const central = new Central({
    ...{ radio: { adapter: 'hci0' }, connections: 1, clock, random: () => 0.5, log: () => undefined },
    openRadio: (_config, events) => {
      queueMicrotask(() => events.ready());
      return new FakeRadio(events, [peer], clock);
    },
  });
  central.open();
  const nothing = (): void => undefined;
  const claim = central.claim({
    ...{ address: peer.address, timeoutMs: 100, isBusy: () => true },
    events: { opened: nothing, notified: nothing, closed: nothing, failed: nothing },
  });
  claim.request();
  await passOn(clock, 1_000);
  assert.equal(claim.state, 'linked');
  peer.link!.ends = false;
  central.removeClaim(claim);
  assert.equal(central.status()['links'], 1);
  const closing = central.close();
  await passOn(clock, 5_000);
  await closing;
  assert.deepEqual([central.status()['links'], clock.pending], [0, 0]);
});

const airConfig = { type: 'ble-scan', scan: 'active', intervalMs: 0, perSecond: 10 } as const;

test.run();
