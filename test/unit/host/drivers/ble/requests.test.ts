import { STATUS } from '../../../../../host/src/abi/constants.ts';
import { DETAIL } from '../../../../../host/src/drivers/ble/detail.ts';
import { BLE_LIMITS } from '../../../../../host/src/drivers/ble/limits.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { addressOf, BleRig, PATH, peerConfig } from './ble-rig.ts';
import { FakePeer } from './fake-radio.ts';

const test = suite('requests to Bluetooth devices');
const told = (answers: readonly { status: number; detail: number }[]) =>
  answers.map(({ status, detail }) => [status, detail]);

test('a read and a write are made in their order, one at a time, and the table of the device is asked for once', async () => {
  const rig = await BleRig.of(1);
  rig.peer.answers = false;
  const [read, write] = [rig.read(), rig.write([1, 2])];
  await rig.pass(10);
  assert.deepEqual(rig.peer.asked, ['services', 'characteristics 181a', 'read 181a/2a6e']);
  rig.peer.link!.waiting!();
  assert.deepEqual(rig.peer.asked.slice(3), ['write 181a/2a6e 1 2']);
  rig.peer.link!.waiting!();
  assert.deepEqual([told(read), told(write)], [[[STATUS.ok, 0]], [[STATUS.ok, 0]]]);
  assert.deepEqual([...read[0]!.payload], [42]);
  assert.deepEqual(
    rig.audits.map(({ outcome, address, values, sent }) => [outcome, address, values, sent]),
    [['confirmed', '181a/2a6e', [1, 2], true]],
  );
  await rig.driver.close();
});

test('a refusal has the code of the device, and leaves the link as it is', async () => {
  const rig = await BleRig.of(1);
  rig.peer.refusal = 2;
  rig.peer.answers = false;
  const [read, write] = [rig.read(), rig.write([1])];
  await rig.pass(10);
  rig.peer.link!.waiting!();
  rig.peer.link!.waiting!();
  assert.deepEqual([told(read), told(write)], [[[STATUS.failed, 2]], [[STATUS.failed, 2]]]);
  assert.equal(rig.audits[0]?.code, 'DEVICE_EXCEPTION');
  assert.equal(rig.status()['connections'], 1);
  await rig.driver.close();
});

test('what the device does not have, or does not do, is told without asking it', async () => {
  const rig = await BleRig.of(1);
  const missing = { service: '181a', characteristic: '2a6f' };
  const ask = (path: typeof missing) => rig.ask({ kind: 'read', path, expiryMs: 1_000 });
  assert.deepEqual(told(ask(missing)), [[STATUS.notFound, 0]]);
  assert.deepEqual(told(ask({ service: '180f', characteristic: '2a19' })), [[STATUS.notFound, 0]]);
  const data = new Uint8Array(21);
  const command = rig.ask({ kind: 'write', path: PATH, data, withResponse: false, expiryMs: 1_000 });
  assert.deepEqual(told(command), [[STATUS.failed, DETAIL.tooLong]]);
  assert.deepEqual(rig.peer.asked, ['services', 'characteristics 181a']);
  await rig.driver.close();
});

test('a write that was sent and not answered is unknown; one that waited is made on the next link, once', async () => {
  const rig = await BleRig.of(1);
  rig.peer.answers = false;
  const [first, second] = [rig.write([1]), rig.write([2])];
  await rig.pass(100);
  assert.deepEqual([told(first), told(second)], [[[STATUS.unknown, DETAIL.noAnswer]], []]);
  rig.peer.answers = true;
  await rig.pass(2_000);
  assert.deepEqual(told(second), [[STATUS.ok, 0]]);
  assert.equal(rig.peer.asked.filter((what) => what === 'write 181a/2a6e 1').length, 1);
  assert.deepEqual(
    rig.audits.map(({ outcome, code }) => [outcome, code]),
    [
      ['unknown', 'WRITE_UNKNOWN'],
      ['confirmed', undefined],
    ],
  );
  await rig.driver.close();
});

test('a device on demand that does not answer the only request is said to be silent, though nobody waits any more', async () => {
  const rig = await BleRig.of(1, { connection: 'on-demand' });
  rig.peer.answers = false;
  const read = rig.read();
  await rig.pass(1_000);
  assert.deepEqual(told(read), [[STATUS.timeout, DETAIL.noAnswer]]);
  const { timeouts, connectionsLost, lastError, state } = rig.status();
  assert.deepEqual([timeouts, connectionsLost, state], [1, 1, 'idle']);
  assert.equal((lastError as { code: string }).code, 'DEVICE_TIMEOUT');
  await rig.driver.close();
});

for (const [how, refuse] of [
  ['a refusal', async (rig: BleRig) => rig.peer.link!.waiting!(3)],
  [
    'an encryption that never comes',
    async (rig: BleRig) => {
      rig.peer.link!.awaitedSecurity = 3;
      await rig.pass(100);
    },
  ],
] as const)
  test(`${how} that ends the link is that of one request; a write behind it is made on the next link, once`, async () => {
    const rig = await BleRig.of(1);
    rig.peer.answers = false;
    rig.peer.isStuck = true;
    const [read, write] = [rig.read(), rig.write([7])];
    await rig.pass(10);
    rig.peer.isThere = false;
    await refuse(rig);
    assert.deepEqual([told(read), told(write)], [[[STATUS.failed, 3]], []]);
    assert.ok(!rig.peer.asked.includes('write 181a/2a6e 7'), 'it is not sent over a link that is about to end');
    rig.peer.isThere = true;
    rig.peer.answers = true;
    await rig.pass(2_000);
    assert.deepEqual(told(write), [[STATUS.ok, 0]]);
    assert.equal(rig.peer.asked.filter((what) => what === 'write 181a/2a6e 7').length, 1);
    await rig.driver.close();
  });

test('a write whose time passes while the device is asked what it has is not sent', async () => {
  const rig = await BleRig.of(1);
  rig.peer.answers = false;
  const blocking = rig.read();
  const write = rig.write([1], 'peer-1', 50);
  await rig.pass(60);
  assert.deepEqual(told(write), [[STATUS.expired, 0]]);
  rig.peer.link!.waiting!();
  await rig.pass(10);
  assert.deepEqual(told(blocking), [[STATUS.ok, 0]]);
  assert.ok(!rig.peer.asked.some((what) => what.startsWith('write')));
  await rig.driver.close();
});

test('what is asked while the device is away waits for it, or expires', async () => {
  const rig = await BleRig.of(1);
  rig.peer.isThere = false;
  rig.peer.link!.close('code 8');
  await rig.pass(10);
  const [short, long] = [rig.read('peer-1', 500), rig.read('peer-1', 60_000)];
  await rig.pass(600);
  assert.deepEqual([told(short), told(long)], [[[STATUS.expired, 0]], []]);
  rig.peer.isThere = true;
  await rig.pass(2_000);
  assert.deepEqual(told(long), [[STATUS.ok, 0]]);
  await rig.driver.close();
});

test('modules take turns at a device: one that floods delays only itself, and takes no room of others', async () => {
  const rig = await BleRig.of(1);
  rig.peer.answers = false;
  for (let n = 0; n < BLE_LIMITS.requests + 10; n++) rig.write([n], 'peer-1', 60_000);
  const [first, second] = [rig.read('peer-1', 5_000, 'well'), rig.read('peer-1', 5_000, 'well')];
  await rig.pass(10);
  for (let n = 0; n < 5; n++) rig.peer.link!.waiting!();
  assert.deepEqual([told(first), told(second)], [[[STATUS.ok, 0]], [[STATUS.ok, 0]]]);
  await rig.driver.close();
});

test('requests of a module that wait are bounded; one more is refused', async () => {
  const rig = await BleRig.of(1);
  rig.peer.answers = false;
  const asked = Array.from({ length: BLE_LIMITS.requests + 2 }, () => rig.read());
  assert.deepEqual(asked.filter(([answer]) => answer?.status === STATUS.full).length, 1);
  await rig.driver.close();
});

test('a subscription is numbered, shared with others, asked for on every link, and ended', async () => {
  const rig = await BleRig.of(1);
  const first = rig.ask({ kind: 'subscribe', path: PATH });
  const notify = (value: number): void => rig.peer.link!.events!.notified(PATH, new Uint8Array([value]));
  notify(1);
  const second = rig.ask({ kind: 'subscribe', path: PATH }, 'peer-1', 'n');
  notify(2);
  assert.deepEqual(told(first), [
    [STATUS.ok, 0],
    [STATUS.ok, 1],
    [STATUS.ok, 2],
  ]);
  assert.deepEqual(told(second), [
    [STATUS.ok, 0],
    [STATUS.ok, 1],
  ]);
  rig.peer.link!.close('code 8');
  await rig.pass(2_000);
  notify(3);
  assert.deepEqual(told(first).slice(3), [
    [STATUS.unavailable, DETAIL.connectionLost],
    [STATUS.ok, 0],
    [STATUS.ok, 3],
  ]);
  assert.deepEqual(rig.peer.asked.filter((what) => what.startsWith('notify')).length, 2);
  assert.deepEqual(told(rig.ask({ kind: 'unsubscribe', path: PATH })), [[STATUS.ok, 1]]);
  assert.deepEqual(told(first).at(-1), [STATUS.cancelled, 0]);
  assert.ok(!rig.peer.asked.includes('silence 181a/2a6e'), 'another module listens');
  rig.driver.moduleDown('n');
  await rig.pass(10);
  assert.equal(rig.peer.asked.at(-1), 'silence 181a/2a6e');
  notify(4);
  assert.equal(second.length, 5);
  assert.deepEqual(told(rig.ask({ kind: 'unsubscribe', path: PATH })), [[STATUS.notFound, 0]]);
  await rig.driver.close();
});

const pathOf = (number: number) => ({ service: '181a', characteristic: (0x3000 + number).toString(16) });

test('subscriptions are bounded by module, and what nobody wants any more takes no room', async () => {
  const rig = await BleRig.of(1);
  const subscribeToAll = (module: string) =>
    Array.from({ length: BLE_LIMITS.subscriptions }, (_, n) =>
      rig.ask({ kind: 'subscribe', path: pathOf(n) }, 'peer-1', module),
    );
  subscribeToAll('greedy');
  assert.deepEqual(told(rig.ask({ kind: 'subscribe', path: PATH }, 'peer-1', 'greedy')), [
    [STATUS.full, 0],
    [STATUS.cancelled, 0],
  ]);
  assert.deepEqual(told(rig.ask({ kind: 'subscribe', path: PATH }, 'peer-1', 'well')), [[STATUS.ok, 0]]);
  for (let n = 0; n < BLE_LIMITS.subscriptions; n++)
    rig.ask({ kind: 'unsubscribe', path: pathOf(n) }, 'peer-1', 'greedy');
  assert.deepEqual(told(rig.ask({ kind: 'subscribe', path: PATH }, 'peer-1', 'greedy')), [[STATUS.ok, 0]]);
  rig.driver.moduleDown('greedy');
  rig.peer.isThere = false;
  rig.peer.link!.close('code 8');
  await rig.pass(10);
  for (let round = 0; round < 3; round++) {
    subscribeToAll('greedy');
    rig.driver.moduleDown('greedy');
  }
  assert.equal(rig.status()['subscriptions'], 1);
  assert.deepEqual(told(rig.ask({ kind: 'subscribe', path: pathOf(99) }, 'peer-1', 'greedy')), []);
  await rig.driver.close();
});

test('a module that subscribes and unsubscribes without end does not keep a device from what others ask', async () => {
  const services = { '181a': { '2a6e': ['read'], '3000': ['notify'], '3001': ['notify'] } };
  const rig = new BleRig({ devices: { 'peer-1': peerConfig(1) }, peers: [new FakePeer(addressOf(1), { services })] });
  await rig.driver.open();
  await rig.pass(1_000);
  rig.peer.answers = false;
  const toggle = (n: number): void => {
    const path = pathOf(n % 2);
    const ended = rig.ask({ kind: 'unsubscribe', path });
    if (ended[0]?.status !== STATUS.ok) rig.ask({ kind: 'subscribe', path });
  };
  toggle(0);
  toggle(1);
  const read = rig.read('peer-1', 5_000, 'well');
  for (let n = 0; n < 8 && read.length === 0; n++) {
    toggle(n);
    toggle(n + 1);
    rig.peer.link!.waiting!();
  }
  assert.deepEqual(told(read), [[STATUS.ok, 0]]);
  await rig.driver.close();
});

test('what a device notifies though it has refused to, or was not asked, reaches nobody', async () => {
  const rig = await BleRig.of(1);
  const notify = (path: typeof PATH): void => rig.peer.link!.events!.notified(path, new Uint8Array([1]));
  rig.peer.refusal = 5;
  const answers = rig.ask({ kind: 'subscribe', path: PATH });
  notify(PATH);
  notify(pathOf(0));
  assert.deepEqual(told(answers), [[STATUS.failed, 5]]);
  await rig.driver.close();
});

test('who subscribes while the host closes is told that it is over', async () => {
  const air = { type: 'ble-scan', scan: 'active', intervalMs: 0, perSecond: 10 } as const;
  const rig = new BleRig({ devices: { 'peer-1': peerConfig(1), air }, peers: [new FakePeer(addressOf(1))] });
  await rig.driver.open();
  const closing = rig.driver.close();
  for (const request of [{ kind: 'subscribe', path: PATH }, { kind: 'connection' }] as const)
    assert.deepEqual(told(rig.ask(request)), [[STATUS.cancelled, 0]]);
  assert.deepEqual(told(rig.ask({ kind: 'advertisements' }, 'air')), [[STATUS.cancelled, 0]]);
  await closing;
});

test('a module that fails leaves nothing behind; one that stops in order still has its writes made', async () => {
  const rig = await BleRig.of(1);
  rig.peer.answers = false;
  const blocking = rig.read('peer-1', 5_000, 'other');
  const ask = (module: string) => [
    rig.read('peer-1', 5_000, module),
    rig.ask(
      { kind: 'write', path: PATH, data: new Uint8Array([module.length]), withResponse: true, expiryMs: 5_000 },
      'peer-1',
      module,
    ),
    rig.ask({ kind: 'connection' }, 'peer-1', module),
  ];
  const [failing, stopping] = [ask('failing'), ask('stop')];
  rig.driver.moduleDown('failing');
  rig.driver.moduleStopped('stop');
  rig.peer.answers = true;
  rig.peer.link!.waiting!();
  await rig.pass(10);
  assert.deepEqual(told(blocking), [[STATUS.ok, 0]]);
  for (const answers of [failing, stopping])
    assert.deepEqual(
      answers.map(({ length }) => length),
      [0, 0, 1],
    );
  assert.deepEqual(
    rig.peer.asked.filter((what) => what.startsWith('write')),
    ['write 181a/2a6e 4'],
  );
  assert.deepEqual(
    rig.audits.map(({ module, outcome }) => [module, outcome]),
    [
      ['failing', 'dropped'],
      ['stop', 'confirmed'],
    ],
  );
  await rig.driver.close();
});

test.run();
