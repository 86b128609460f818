import type { Characteristic, Noble, Peripheral } from '@stoprocent/noble';
import { assert } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { type Adapters, connect, type Lab, scan, settled } from './lab.ts';
import { LEAF, LONG_VALUE } from './leaf-services.ts';
import type { LineProcess } from './line-process.ts';

const SENSING = '181a';
const TEMPERATURE = '2a6e';

/**
 * What noble does with a leaf and with the simulated sensor, one after the other, whatever their controllers are: scan,
 * connect, discover, read, write with and without response, a value of many packets, notifications, disconnect. The
 * central is at controller 0, the leaf at 1, the sensor at 2.
 */
export async function gattSession(lab: Lab<Adapters>): Promise<void> {
  const leaves = await lab.leaves(1);
  const sensor = await lab.sensor(2, ['--name', 'sensor-2', '--interval-ms', '20']);
  const noble = await lab.central();
  await useLeaf(await find(noble, LEAF.service, 'leaf-1'), leaves);
  await useSensor(await find(noble, SENSING, 'sensor-2'), sensor);
}

async function find(noble: Noble, service: string, name: string): Promise<Peripheral> {
  const found = await scan(noble, 1, [service]);
  assert.deepEqual([...found.keys()], [name], 'no other device has the service');
  const peripheral = found.get(name)!;
  assert.deepEqual(peripheral.advertisement.serviceUuids, [service]);
  return peripheral;
}

async function useLeaf(leaf: Peripheral, leaves: LineProcess): Promise<void> {
  const characteristics = await connect(leaf);
  await leaves.line('accept');
  assert.equal(leaf.mtu, 256);
  const of = (uuid: string): Characteristic => characteristics[uuid]!;
  assert.deepEqual(await settled('read', of(LEAF.long).readAsync()), LONG_VALUE);
  await assertWrites(of(LEAF.store), leaves);
  await assertNotifications(of(LEAF.counter), of(LEAF.start));
  await disconnect(leaf);
  await leaves.line('disconnect');
}

async function assertWrites(store: Characteristic, leaves: LineProcess): Promise<void> {
  await settled('write', store.writeAsync(Buffer.from('with'), false));
  assert.equal((await settled('read', store.readAsync())).toString(), 'with');
  await settled('write', store.writeAsync(Buffer.from('without'), true));
  const written = await leaves.line('written', (line) => line['withoutResponse'] === true);
  assert.equal(written['hex'], Buffer.from('without').toString('hex'));
  await settled('write', store.writeAsync(LONG_VALUE, false));
  assert.deepEqual(await settled('read', store.readAsync()), LONG_VALUE);
}

async function assertNotifications(counter: Characteristic, start: Characteristic): Promise<void> {
  const heard: number[] = [];
  counter.on('data', (value: Buffer) => heard.push(value.readUInt32LE(0)));
  await settled('subscribe', counter.subscribeAsync());
  await settled('write', start.writeAsync(Buffer.from([5, 0, 10, 0]), false));
  await until('five notifications', () => heard.length === 5);
  assert.deepEqual(heard, [0, 1, 2, 3, 4]);
  await settled('unsubscribe', counter.unsubscribeAsync());
}

async function useSensor(peripheral: Peripheral, sensor: LineProcess): Promise<void> {
  const sensing = await connect(peripheral, SENSING);
  await sensor.line('connected');
  assert.deepEqual(Object.keys(sensing).sort(), ['2a6d', TEMPERATURE, '2a6f']);
  const temperature = sensing[TEMPERATURE]!;
  const celsius = (await settled('read', temperature.readAsync())).readInt16LE(0) / 100;
  assert.ok(celsius > 18 && celsius < 25, `${celsius} °C`);
  let heard = 0;
  temperature.on('data', () => heard++);
  await settled('subscribe', temperature.subscribeAsync());
  await until('five samples', () => heard >= 5);
  await disconnect(peripheral);
  await sensor.line('disconnected');
}

async function disconnect(peripheral: Peripheral): Promise<void> {
  await settled('disconnect', peripheral.disconnectAsync());
  assert.equal(peripheral.state, 'disconnected');
}
