import { STATUS } from '../../../host/src/abi/constants.ts';
import { assert, report, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { Lab } from './lab.ts';
import { LEAF } from './leaf-services.ts';
import { ProbeGateway, placeOf } from './probe-gateway.ts';

const test = suite('seven leaves of a whole gateway', { timeoutMs: 180_000, needs: [TOOLS.socat] });
const LEAVES = [1, 2, 3, 4, 5, 6, 7];
const NOTIFICATIONS = 150;
const INTERVAL_MS = 20;
const WAIT_MS = 60_000;

test('seven leaves notify fifty times a second each; a module gets all of it, in order and without loss', () =>
  Lab.run(8, async (lab) => {
    await lab.leaves(...LEAVES);
    await ProbeGateway.run(lab, { leaves: LEAVES, limits: { pendingRequests: 32 } }, async (probe) => {
      const subscriptions: number[] = [];
      for (const leaf of LEAVES)
        subscriptions.push(await probe.ask('subscribe', { device: `leaf-${leaf}`, place: placeOf(LEAF.counter) }));
      for (const subscription of subscriptions) await probe.answerTo(subscription);
      const data = [NOTIFICATIONS & 255, NOTIFICATIONS >> 8, INTERVAL_MS, 0];
      const started = performance.now();
      for (const leaf of LEAVES) await probe.ask('write', { device: `leaf-${leaf}`, place: placeOf(LEAF.start), data });
      const valuesOf = (subscription: number) => probe.answersTo(subscription).filter(({ detail }) => detail > 0);
      await probe.until(
        'all notifications',
        () => subscriptions.every((subscription) => valuesOf(subscription).length >= NOTIFICATIONS),
        WAIT_MS,
      );
      report(`${LEAVES.length * NOTIFICATIONS} notifications in ${Math.round(performance.now() - started)} ms`);
      for (const subscription of subscriptions)
        assert.deepEqual(
          valuesOf(subscription).map(({ status, detail, payload }) => [status, detail, payload.readUInt32LE(0)]),
          Array.from({ length: NOTIFICATIONS }, (_, index) => [STATUS.ok, index + 1, index]),
        );
      const { links, losses } = await probe.device('bluetooth:adapter');
      assert.deepEqual([links, losses], [7, 0]);
    });
  }));

test('four leaves on two links take turns when nobody holds one, and each gets its answer', () =>
  Lab.run(5, async (lab) => {
    const leaves = [1, 2, 3, 4];
    await lab.leaves(...leaves);
    const peer = { connection: 'on-demand', idleMs: 60_000 };
    await ProbeGateway.run(lab, { leaves, peer, connections: 2 }, async (probe) => {
      for (let round = 0; round < 2; round++) {
        const asked = await Promise.all(
          leaves.map((leaf) => probe.ask('read', { device: `leaf-${leaf}`, place: placeOf(LEAF.store) })),
        );
        for (const request of asked)
          assert.equal((await probe.answerTo(request)).payload.toString(), 'nothing', `round ${round}`);
      }
      const { links, waiting, connections } = await probe.device('bluetooth:adapter');
      assert.deepEqual([links, waiting, connections], [2, 0, 2]);
    });
  }));

test('a link on demand ends when nobody needs it', () =>
  Lab.run(2, async (lab) => {
    const leaf = await lab.leaves(1);
    const peer = { connection: 'on-demand', idleMs: 50 };
    await ProbeGateway.run(lab, { leaves: [1], peer }, async (probe) => {
      const store = { device: 'leaf-1', place: placeOf(LEAF.store) };
      for (let round = 1; round <= 2; round++) {
        assert.equal((await probe.answered('read', store)).status, STATUS.ok);
        await probe.until('the end', () => leaf.lines.filter(({ kind }) => kind === 'disconnect').length === round);
      }
      const { state, connectionsLost } = await probe.device('leaf-1');
      assert.deepEqual([state, connectionsLost], ['idle', 0]);
    });
  }));

test.run();
