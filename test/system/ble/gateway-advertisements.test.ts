import { STATUS } from '../../../host/src/abi/constants.ts';
import { decodeAdvertisement, type HeardSender } from '../../../host/src/drivers/ble/advertisement-codec.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { Lab } from './lab.ts';
import { LEAF } from './leaf-services.ts';
import { addressOf, ProbeGateway, type ProbeParts, placeOf } from './probe-gateway.ts';

const test = suite('advertisements that reach a module', { timeoutMs: 60_000, needs: [TOOLS.socat] });

const scanOf = (filters: Readonly<Record<string, unknown>>): Pick<ProbeParts, 'devices' | 'grants'> => ({
  devices: { air: { type: 'ble-scan', intervalMs: 0, ...filters } as never },
  grants: [{ device: 'air', advertisements: true }],
});

/** What the module has heard. */
const heardBy = (probe: ProbeGateway, request: number): HeardSender[] =>
  probe.answersTo(request).map(({ payload }) => decodeAdvertisement(payload)!);

const nameOf = ({ data, response }: HeardSender): string => Buffer.concat([data, response]).toString('latin1');

test('all that is heard, with address, strength, and the name that an active scan asks for', () =>
  Lab.run(3, async (lab) => {
    await lab.leaves(1);
    await lab.sensor(2, ['--name', 'sensor-2']);
    lab.server.air.setRssi(1, -77);
    await ProbeGateway.run(lab, { leaves: [], ...scanOf({}) }, async (probe) => {
      const request = await probe.ask('listen', { device: 'air' });
      const named = (name: string) => heardBy(probe, request).find((sender) => nameOf(sender).includes(name));
      const leaf = await probe.until('the leaf', () => named('leaf-1'));
      await probe.until('the sensor', () => named('sensor-2'));
      const { address, addressType, isConnectable, rssi } = leaf;
      assert.deepEqual([address, addressType, isConnectable, rssi], [addressOf(1), 'public', true, -77]);
      assert.deepEqual(
        probe.answersTo(request).map(({ status, detail }) => [status, detail]),
        probe.answersTo(request).map((_, index) => [STATUS.ok, index + 1]),
      );
      assert.equal((await probe.answered('unlisten', { device: 'air' })).detail, 1);
      assert.equal(
        (await probe.until('the end', () => probe.answersTo(request).find(({ status }) => status < 0)))?.status,
        STATUS.cancelled,
      );
      await probe.until('silence', () => !lab.server.air.status()[0]!.isScanning);
    });
  }));

test('filters let only through what matches: service, name, address, strength', () =>
  Lab.run(3, async (lab) => {
    await lab.leaves(1);
    await lab.sensor(2, ['--name', 'sensor-2']);
    lab.server.air.setRssi(1, -90);
    for (const [filters, sender] of [
      [{ services: ['181a'] }, 2],
      [{ services: [LEAF.service, '180d'] }, 1],
      [{ names: ['sens'] }, 2],
      [{ addresses: [addressOf(1).toLowerCase()] }, 1],
      [{ rssiMin: -70 }, 2],
    ] as const)
      await ProbeGateway.run(lab, { leaves: [], ...scanOf(filters) }, async (probe) => {
        const request = await probe.ask('listen', { device: 'air' });
        await probe.until('some', () => heardBy(probe, request).length >= 3);
        const senders = new Set(heardBy(probe, request).map(({ address }) => address));
        assert.deepEqual([...senders], [addressOf(sender)], JSON.stringify(filters));
        const { heard, accepted } = (await probe.device('air')) as { heard: number; accepted: number };
        assert.ok(heard > accepted, `${heard} heard, ${accepted} accepted`);
      });
  }));

test('a passive scan asks nobody for anything; each sender is told once an interval', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    const scan = scanOf({ scan: 'passive', intervalMs: 3_600_000 });
    await ProbeGateway.run(lab, { leaves: [], ...scan }, async (probe) => {
      const request = await probe.ask('listen', { device: 'air' });
      await probe.until('many', async () => ((await probe.device('air')) as { heard: number }).heard >= 20);
      const heard = heardBy(probe, request);
      assert.equal(heard.length, 1);
      assert.equal(heard[0]!.response.byteLength, 0);
    });
  }));

test('a scan and links share one adapter: while it listens it connects, and listens again', () =>
  Lab.run(4, async (lab) => {
    await lab.leaves(1, 2);
    await lab.sensor(3, ['--name', 'sensor-3']);
    await ProbeGateway.run(lab, { leaves: [1, 2], ...scanOf({ names: ['sensor'] }) }, async (probe) => {
      const request = await probe.ask('listen', { device: 'air' });
      for (const leaf of [1, 2])
        assert.equal(
          (await probe.answered('read', { device: `leaf-${leaf}`, place: placeOf(LEAF.store) })).status,
          STATUS.ok,
        );
      const before = heardBy(probe, request).length;
      await probe.until('more', () => heardBy(probe, request).length >= before + 5);
    });
  }));

test.run();
