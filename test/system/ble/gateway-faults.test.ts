import { STATUS } from '../../../host/src/abi/constants.ts';
import { DETAIL } from '../../../host/src/drivers/ble/detail.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { Lab } from './lab.ts';
import { LEAF, LONG_VALUE } from './leaf-services.ts';
import { ProbeGateway, placeOf } from './probe-gateway.ts';

const test = suite('faults of Bluetooth below a whole gateway', { timeoutMs: 90_000, needs: [TOOLS.socat] });

const COUNTER = { device: 'leaf-1', place: placeOf(LEAF.counter) };
const LONG = { device: 'leaf-1', place: placeOf(LEAF.long) };
const STORE = { device: 'leaf-1', place: placeOf(LEAF.store) };
const start = (count: number, intervalMs: number) => ({
  ...{ device: 'leaf-1', place: placeOf(LEAF.start) },
  data: [count & 255, count >> 8, intervalMs & 255, intervalMs >> 8],
});

/** Subscribes to the counter of a leaf, and waits until that holds. */
async function subscribed(probe: ProbeGateway): Promise<number> {
  const subscription = await probe.ask('subscribe', COUNTER);
  await isActive(probe, subscription, 0);
  return subscription;
}

/** Waits until the module was told that its subscription holds, after so many other answers. */
const isActive = (probe: ProbeGateway, subscription: number, after: number) =>
  probe.until('the subscription', () =>
    probe
      .answersTo(subscription)
      .slice(after)
      .find(({ status, detail }) => status === STATUS.ok && detail === 0),
  );

const lossesOf = (probe: ProbeGateway, subscription: number) =>
  probe.answersTo(subscription).filter(({ status }) => status === STATUS.unavailable);

test('a subscription survives the loss of a link: the module is told of both, and notified again', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    await ProbeGateway.run(lab, { leaves: [1] }, async (probe) => {
      const subscription = await subscribed(probe);
      const watch = await probe.ask('watch', { device: 'leaf-1' });
      assert.equal((await probe.answerTo(watch)).status, STATUS.ok);
      await probe.answered('write', start(1_000, 10));
      await probe.answerTo(subscription, 5);
      lab.server.air.drop(1);
      await leaves.line('disconnect');
      const loss = await probe.until('the loss', () => lossesOf(probe, subscription)[0]);
      assert.equal(loss.detail, DETAIL.connectionLost);
      await isActive(probe, subscription, probe.answersTo(subscription).indexOf(loss));
      await probe.answered('write', start(10, 10));
      const values = () =>
        probe
          .answersTo(subscription)
          .slice(probe.answersTo(subscription).indexOf(loss))
          .filter(({ detail, status }) => status === STATUS.ok && detail > 0);
      await probe.until('ten more values', () => values().length >= 10);
      assert.deepEqual(
        values().map(({ payload }) => payload.readUInt32LE(0)),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
      assert.deepEqual(
        probe.answersTo(watch).map(({ status, detail }) => [status, detail]),
        [
          [STATUS.ok, 0],
          [STATUS.unavailable, DETAIL.connectionLost],
          [STATUS.ok, 0],
        ],
      );
    });
  }));

test('a frozen leaf ends a read with a code and its link; its late answer is given to nobody', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    await ProbeGateway.run(lab, { leaves: [1], peer: { timeoutMs: 300 } }, async (probe) => {
      assert.equal((await probe.answered('read', STORE)).payload.toString(), 'nothing');
      lab.server.air.silence(1);
      const [read, write] = [await probe.ask('read', STORE), await probe.ask('write', { ...STORE, data: [1] })];
      const answer = await probe.answerTo(read);
      assert.deepEqual([answer.status, answer.detail], [STATUS.timeout, DETAIL.noAnswer]);
      lab.server.air.resume(1);
      // It had not been sent, so that it waits for the next link.
      assert.equal((await probe.answerTo(write)).status, STATUS.ok);
      assert.deepEqual((await probe.answered('read', LONG)).payload, LONG_VALUE);
      assert.deepEqual((await probe.answered('read', STORE)).payload, Buffer.from([1]));
      assert.equal(probe.answersTo(read).length, 1);
      const { connections, timeouts } = await probe.device('leaf-1');
      assert.deepEqual([connections, timeouts], [2, 1]);
      assert.ok(probe.host.logs.some(({ code }) => code === 'DEVICE_TIMEOUT'));
    });
  }));

test('a write to a frozen leaf that was sent is unknown, and is not sent again', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    await ProbeGateway.run(lab, { leaves: [1], peer: { timeoutMs: 300 } }, async (probe) => {
      await probe.answered('read', STORE);
      lab.server.air.silence(1);
      const answer = await probe.answered('write', { ...STORE, data: [7] });
      assert.deepEqual([answer.status, answer.detail], [STATUS.unknown, DETAIL.noAnswer]);
      await leaves.line('written');
      lab.server.air.resume(1);
      assert.deepEqual((await probe.answered('read', STORE)).payload, Buffer.from([7]));
      assert.equal(leaves.lines.filter(({ kind }) => kind === 'written').length, 1);
    });
  }));

test('a leaf that does not let itself be discovered in time is given up, and found again', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    lab.server.air.setDelay(1, 400);
    await ProbeGateway.run(lab, { leaves: [1], peer: { timeoutMs: 300 } }, async (probe) => {
      const read = await probe.answered('read', STORE);
      assert.deepEqual([read.status, read.detail], [STATUS.timeout, DETAIL.noAnswer]);
      lab.server.air.setDelay(1, 0);
      assert.equal((await probe.answered('read', STORE)).payload.toString(), 'nothing');
    });
  }));

test('what is asked while the leaf is away waits, and expires by itself', () =>
  Lab.run(2, async (lab) => {
    await ProbeGateway.run(lab, { leaves: [1] }, async (probe) => {
      const expired = await probe.answered('write', { ...STORE, data: [1], expiryMs: 200 });
      assert.equal(expired.status, STATUS.expired);
      const read = await probe.ask('read', STORE);
      await lab.leaves(1);
      assert.equal((await probe.answerTo(read)).payload.toString(), 'nothing');
      const audits = probe.host.logs.filter(({ details }) => details?.['audit'] !== undefined);
      assert.match(audits[0]!.text, /expired/);
    });
  }));

test('an adapter that is lost in the middle of traffic is opened anew, and everything goes on', () =>
  Lab.run(2, async (lab) => {
    const leaves = await lab.leaves(1);
    await ProbeGateway.run(lab, { leaves: [1] }, async (probe) => {
      const subscription = await subscribed(probe);
      await probe.answered('write', start(10_000, 5));
      await probe.answerTo(subscription, 20);
      await lab.server.unplug(0);
      await leaves.line('disconnect');
      const loss = await probe.until('the loss', () => lossesOf(probe, subscription)[0]);
      assert.equal(loss.detail, DETAIL.connectionLost);
      await probe.until('the log', () => probe.host.logs.some(({ code }) => code === 'BLUETOOTH_UNAVAILABLE'));
      await lab.server.plug(0);
      await isActive(probe, subscription, probe.answersTo(subscription).indexOf(loss));
      await probe.answered('write', start(5, 10));
      await probe.until('values', () => {
        const { payload } = probe.answersTo(subscription).at(-1)!;
        return payload.byteLength === 4 && payload.readUInt32LE(0) === 4;
      });
      assert.ok(!probe.host.logs.some(({ code }) => code === 'DEVICE_UNREACHABLE'), 'no device is to blame');
      assert.ok(probe.host.logs.some(({ text }) => /can be used again/.test(text)));
      assert.equal((await probe.device('bluetooth:adapter'))['opens'], 2);
    });
  }));

test('a gateway whose adapter is not there starts, says so once, and works when it comes', () =>
  Lab.run(2, async (lab) => {
    await lab.server.unplug(0);
    await lab.leaves(1);
    await ProbeGateway.run(lab, { leaves: [1] }, async (probe) => {
      const read = await probe.ask('read', STORE);
      await probe.until('the log', () => probe.host.logs.some(({ code }) => code === 'BLUETOOTH_UNAVAILABLE'));
      await lab.server.plug(0);
      assert.equal((await probe.answerTo(read)).payload.toString(), 'nothing');
      assert.equal(probe.host.logs.filter(({ code }) => code === 'BLUETOOTH_UNAVAILABLE').length, 1);
    });
  }));

test.run();
