import { STATUS } from '../../../host/src/abi/constants.ts';
import { assert } from '../../lib/suite.ts';
import type { Adapters, Lab } from './lab.ts';
import { LEAF, LONG_VALUE } from './leaf-services.ts';
import type { LineProcess } from './line-process.ts';
import { type ProbeAnswer, ProbeGateway, placeOf } from './probe-gateway.ts';

const TEMPERATURE = '181a/2a6e';
/** A link a device, one after the other: not every controller can hold two. */
const PEER = { type: 'ble', connection: 'on-demand', idleMs: 100, timeoutMs: 10_000 };

/**
 * What `gattSession` does, by a module of a whole gateway: the driver of the host at controller 0, the leaf at 1, the
 * sensor at 2.
 */
export async function driverSession(lab: Lab<Adapters>): Promise<void> {
  const leaves = await lab.leaves(1);
  const sensor = await lab.sensor(2, ['--name', 'sensor-2', '--interval-ms', '20']);
  const addressOf = async (process: LineProcess, kind: string) => (await process.line(kind))['address'] as string;
  const devices = {
    leaf: { ...PEER, address: await addressOf(leaves, 'ready') },
    sensor: { ...PEER, address: await addressOf(sensor, 'started') },
  };
  const [leaf, sensing] = [[LEAF.service], ['181a']];
  const grants = [
    { device: 'leaf', read: leaf, write: leaf, notify: leaf },
    { device: 'sensor', read: sensing, notify: sensing },
  ];
  await ProbeGateway.run(lab, { leaves: [], devices, grants, connections: 1 }, async (probe) => {
    await useLeaf(probe, leaves);
    await leaves.line('disconnect');
    await useSensor(probe);
    await sensor.line('disconnected');
  });
}

async function useLeaf(probe: ProbeGateway, leaves: LineProcess): Promise<void> {
  const at = (characteristic: string) => ({ device: 'leaf', place: placeOf(characteristic) });
  assert.deepEqual(shown(await probe.answered('read', at(LEAF.long))), [STATUS.ok, LONG_VALUE]);
  const data = [...LONG_VALUE.subarray(0, 200)];
  assert.equal((await probe.answered('write', { ...at(LEAF.store), data })).status, STATUS.ok);
  assert.deepEqual(shown(await probe.answered('read', at(LEAF.store))), [STATUS.ok, Buffer.from(data)]);
  assert.equal((await probe.answered('command', { ...at(LEAF.store), data: [33] })).status, STATUS.unknown);
  const written = await leaves.line('written', (line) => line['withoutResponse'] === true);
  assert.equal(written['hex'], '21');
  const subscription = await probe.ask('subscribe', at(LEAF.counter));
  assert.equal((await probe.answerTo(subscription)).status, STATUS.ok);
  await probe.answered('write', { ...at(LEAF.start), data: [5, 0, 10, 0] });
  await probe.answerTo(subscription, 5);
  const heard = probe.answersTo(subscription).slice(1);
  assert.deepEqual(
    heard.map(({ payload }) => payload.readUInt32LE(0)),
    [0, 1, 2, 3, 4],
  );
  await probe.ask('unsubscribe', at(LEAF.counter));
}

async function useSensor(probe: ProbeGateway): Promise<void> {
  const at = { device: 'sensor', place: TEMPERATURE };
  const reading = await probe.answered('read', at);
  assert.equal(reading.status, STATUS.ok);
  const celsius = reading.payload.readInt16LE(0) / 100;
  assert.ok(celsius > 18 && celsius < 25, `${celsius} °C`);
  const subscription = await probe.ask('subscribe', at);
  await probe.answerTo(subscription, 5);
  await probe.ask('unsubscribe', at);
}

const shown = ({ status, payload }: ProbeAnswer) => [status, payload];
