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

test('both sides of a link know the address of the other, and the central how strongly it hears', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    const leaf = (await scan(await lab.central(), 1)).get('leaf-1')!;
    await connect(leaf);
    await leaves.line('accept', (line) => line['address'] === '00:aa:01:00:00:00');
    assert.equal(leaf.address, '00:aa:01:00:00:01');
    lab.server.air.setRssi(1, -44);
    assert.equal(await settled('rssi', leaf.updateRssiAsync()), -44);
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
    const characteristics = await connect(leaf);
    assert.deepEqual(await settled('read', characteristics[LEAF.long]!.readAsync()), LONG_VALUE);
  }));

test.run();
