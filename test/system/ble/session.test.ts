import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { connect, Lab, scan, settled } from './lab.ts';
import { LEAF, LONG_VALUE } from './leaf-services.ts';

const test = suite('noble and bleno on the virtual air', { timeoutMs: 60_000, needs: [TOOLS.socat] });

test('a scan finds leaves by their service, with name, address and strength, and no others', () =>
  Lab.run(3, async (lab) => {
    await lab.leaves(1);
    await lab.sensor(2, ['--name', 'sensor-2']);
    lab.server.air.setRssi(1, -77);
    const noble = await lab.central();
    const found: string[] = [];
    noble.on('discover', ({ advertisement }) => found.push(advertisement.localName));
    await noble.startScanningAsync([LEAF.service], true);
    await until('five advertisements', () => found.length >= 5);
    assert.deepEqual([...new Set(found)], ['leaf-1']);
    await noble.stopScanningAsync();
    const leaf = (await scan(noble, 2, [])).get('leaf-1')!;
    assert.deepEqual([leaf.address, leaf.addressType, leaf.rssi], ['00:aa:01:00:00:01', 'public', -77]);
    assert.deepEqual(leaf.advertisement.serviceUuids, [LEAF.service]);
    assert.deepEqual([...new Set(found)].sort(), ['leaf-1', 'sensor-2']);
  }));

test('a whole session: connect, discover, read, write with and without response, notify, disconnect', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    const noble = await lab.central();
    const leaf = (await scan(noble, 1)).get('leaf-1')!;
    const { long, store, counter, start } = named(await connect(leaf));
    await leaves.line('accept', (line) => line['address'] === '00:aa:01:00:00:00');
    assert.equal(leaf.mtu, 256);

    assert.deepEqual(await settled('read', long.readAsync()), LONG_VALUE);
    await settled('write', store.writeAsync(Buffer.from('with'), false));
    assert.equal((await settled('read', store.readAsync())).toString(), 'with');
    await settled('write', store.writeAsync(Buffer.from('without'), true));
    const written = await leaves.line('written', (line) => line['withoutResponse'] === true);
    assert.equal(written['hex'], Buffer.from('without').toString('hex'));

    const heard: number[] = [];
    counter.on('data', (value: Buffer) => heard.push(value.readUInt32LE(0)));
    await settled('subscribe', counter.subscribeAsync());
    await settled('write', start.writeAsync(Buffer.from([5, 0, 10, 0]), false));
    await until('five notifications', () => heard.length === 5);
    assert.deepEqual(heard, [0, 1, 2, 3, 4]);
    await settled('unsubscribe', counter.unsubscribeAsync());

    lab.server.air.setRssi(1, -44);
    assert.equal(await settled('rssi', leaf.updateRssiAsync()), -44);
    await settled('disconnect', leaf.disconnectAsync());
    await leaves.line('disconnect');
    assert.equal(leaf.state, 'disconnected');
    assert.deepEqual(
      lab.server.air.status().map(({ peers }) => peers),
      [[], []],
    );
    for (const { counters } of lab.server.air.status()) {
      assert.deepEqual(
        [counters['unknownCommands'], counters['skippedBytes'], counters['refusedAclPackets']],
        [0, 0, 0],
      );
    }
  }));

test('a connection to a device that is not there waits, and can be given up', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    const noble = await lab.central();
    const leaf = (await scan(noble, 1)).get('leaf-1')!;
    await lab.server.unplug(1);
    const connecting = leaf.connectAsync().then(
      () => 'connected',
      () => 'failed',
    );
    await until('the request', () => lab.server.air.controller(0).request !== undefined);
    leaf.cancelConnect();
    assert.equal(await settled('cancelling', connecting), 'failed');
    await until('its end', () => lab.server.air.controller(0).request === undefined);
    await lab.server.plug(1);
    await lab.leaves(1);
    const { long } = named(await connect(leaf));
    assert.deepEqual(await settled('read', long.readAsync()), LONG_VALUE);
  }));

/** The characteristics of a leaf under the names of `LEAF`. */
function named<T>(characteristics: Record<string, T>): Record<'long' | 'store' | 'counter' | 'start', T> {
  const of = (uuid: string): T => characteristics[uuid]!;
  return { long: of(LEAF.long), store: of(LEAF.store), counter: of(LEAF.counter), start: of(LEAF.start) };
}

test.run();
