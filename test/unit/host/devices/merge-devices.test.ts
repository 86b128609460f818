import { differingMembers, mergeDevices } from '../../../../host/src/devices/index.ts';
import type { DeviceConfig } from '../../../../host/src/drivers/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('devices of both files');

const tcp = (host: string): DeviceConfig => ({
  ...{ type: 'modbus-tcp', host, port: 502, unitId: 1, timeoutMs: 1000, inFlight: 1, maxGap: 8, polls: {} },
});

test('an entry of gateway.json takes the place of that of the deployment as a whole, and the others stay', () => {
  const merged = mergeDevices(
    { devices: { a: tcp('general'), b: tcp('b') }, lines: {} },
    { devices: { b: tcp('own'), c: tcp('c') }, lines: {} },
  );
  assert.deepEqual(merged.devices, { a: tcp('general'), b: tcp('own'), c: tcp('c') });
  assert.deepEqual(merged.sources.devices, { a: 'deployment', b: 'gateway.json', c: 'gateway.json' });
});

test('members that differ are named, deep ones by the member that they are in', () => {
  const polls = { fast: { registers: ['coil:1'], intervalMs: 10 } };
  assert.deepEqual(differingMembers(tcp('a'), { ...tcp('b'), polls }), ['host', 'polls']);
  assert.deepEqual(differingMembers({ ...tcp('a'), polls }, { ...tcp('a'), polls: structuredClone(polls) }), []);
});

test('a member that only one of them has differs; of two types nothing else is compared', () => {
  const rtu: DeviceConfig = { type: 'modbus-rtu', line: 'bus', unitId: 1, maxGap: 8, polls: {} };
  assert.deepEqual(differingMembers(rtu, { ...rtu, timeoutMs: 10 }), ['timeoutMs']);
  assert.deepEqual(differingMembers(rtu, tcp('a')), ['type']);
});

test.run();
