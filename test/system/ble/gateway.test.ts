import { STATUS } from '../../../host/src/abi/constants.ts';
import { DETAIL } from '../../../host/src/drivers/ble/detail.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { Lab } from './lab.ts';
import { LEAF, LONG_VALUE } from './leaf-services.ts';
import { ProbeGateway, placeOf } from './probe-gateway.ts';

const test = suite('a whole gateway with Bluetooth', { timeoutMs: 60_000, needs: [TOOLS.socat] });

const STORE = { device: 'leaf-1', place: placeOf(LEAF.store) };
/** Asks a leaf for so many notifications. */
const start = (count: number, intervalMs: number) => ({
  ...{ device: 'leaf-1', place: placeOf(LEAF.start) },
  data: [count & 255, count >> 8, intervalMs & 255, intervalMs >> 8],
});

test('a module reads, writes with and without response, and is notified in order', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    await ProbeGateway.run(lab, { leaves: [1] }, async (probe) => {
      const long = await probe.answered('read', { device: 'leaf-1', place: placeOf(LEAF.long) });
      assert.deepEqual([long.status, long.detail, long.payload], [STATUS.ok, 0, LONG_VALUE]);
      assert.equal((await probe.answered('write', { ...STORE, data: [104, 105] })).status, STATUS.ok);
      assert.equal((await probe.answered('read', STORE)).payload.toString(), 'hi');
      const command = await probe.answered('command', { ...STORE, data: [33] });
      assert.deepEqual([command.status, command.detail], [STATUS.unknown, DETAIL.noResponse]);
      await leaves.line('written', (line) => line['withoutResponse'] === true);

      const subscription = await probe.ask('subscribe', { device: 'leaf-1', place: placeOf(LEAF.counter) });
      assert.deepEqual((await probe.answerTo(subscription)).status, STATUS.ok);
      await probe.answered('write', start(20, 10));
      await probe.answerTo(subscription, 20);
      const told = probe.answersTo(subscription);
      assert.deepEqual(
        told.slice(1).map(({ status, detail, payload }) => [status, detail, payload.readUInt32LE(0)]),
        Array.from({ length: 20 }, (_, index) => [STATUS.ok, index + 1, index]),
      );
      const audits = probe.host.logs.filter(({ details }) => details?.['audit'] !== undefined);
      assert.match(audits[0]!.text, /^write leaf-1 fff0\/fff2 = 104 105: confirmed/);
      assert.match(audits[1]!.text, /^write leaf-1 fff0\/fff2 = 33: unknown/);
      assert.ok(await probe.ask('unsubscribe', { device: 'leaf-1', place: placeOf(LEAF.counter) }));
      const last = await probe.answerTo(subscription, 21);
      assert.equal(last.status, STATUS.cancelled);
    });
    await leaves.line('disconnect');
  }));

test('what a module is not granted does not reach the device', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    const devices = { other: { type: 'ble', address: '00:AA:01:00:00:01' } };
    const grants = [{ device: 'other', read: [placeOf(LEAF.long)], notify: [placeOf(LEAF.counter)] }];
    await ProbeGateway.run(lab, { leaves: [], devices, grants }, async (probe) => {
      const place = (characteristic: string) => ({ device: 'other', place: placeOf(characteristic) });
      assert.equal((await probe.answered('read', place(LEAF.long))).status, STATUS.ok);
      for (const [method, payload] of [
        ['read', place(LEAF.store)],
        ['write', { ...place(LEAF.long), data: [1] }],
        ['command', { ...place(LEAF.store), data: [1] }],
        ['subscribe', place(LEAF.long)],
        ['read', { ...place(LEAF.long), device: 'leaf-1' }],
        ['listen', { device: 'other' }],
      ] as const)
        assert.equal(await probe.ask(method, payload), STATUS.denied, method);
      const { reads, writes } = await probe.device('other');
      assert.deepEqual([reads, Object.values(writes as object)], [1, [0, 0, 0, 0, 0]]);
    });
  }));

test('a device refuses, or does not have, what it is asked for', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    await ProbeGateway.run(lab, { leaves: [1] }, async (probe) => {
      const at = (place: string) => ({ device: 'leaf-1', place });
      const refused = await probe.answered('read', at(placeOf(LEAF.start)));
      assert.equal(refused.status, STATUS.failed);
      assert.ok(refused.detail > 0 && refused.detail < 256, `${refused.detail}`);
      assert.equal(refused.payload.byteLength, 0);
      const readOnly = await probe.answered('write', { ...at(placeOf(LEAF.long)), data: [1] });
      assert.equal(readOnly.status, STATUS.failed);
      const command = await probe.answered('command', { ...at(placeOf(LEAF.long)), data: [1] });
      assert.equal(command.status, STATUS.failed);
      assert.equal((await probe.answered('read', at(`${LEAF.service}/fff9`))).status, STATUS.notFound);
      const subscription = await probe.ask('subscribe', at(placeOf(LEAF.store)));
      assert.equal((await probe.answerTo(subscription)).status, STATUS.failed);
      // It is still there, and answers what it has.
      assert.equal((await probe.answered('read', STORE)).payload.toString(), 'nothing');
      assert.equal((await probe.device('leaf-1'))['connections'], 1);
    });
  }));

test.run();
