import type { Socket } from 'node:net';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { behaveWell, type EvilRequest, goodAnswer } from '../../peers/evil-modbus-server.ts';
import type { Answer } from '../../unit/host/drivers/driver-rig.ts';
import { recovers, SHORT_TIMEOUT_MS, STATUS_OK, withDevice } from './evil-device-rig.ts';

const test = suite('modbus connection to a device whose answers come late, together, out of order or unasked');

test('an answer that comes after the deadline is not taken for the next one', () =>
  withDevice(
    behaveWell,
    async (rig, server) => {
      await recovers(rig);
      // Each answer comes when the deadline of its request has passed and the next request is under way.
      const late: [Socket, EvilRequest][] = [];
      server.behave((socket, request) => {
        const [lateSocket, lateRequest] = late.pop() ?? [];
        if (lateSocket?.writable && lateRequest !== undefined) lateSocket.write(goodAnswer(lateRequest));
        late.push([socket, request]);
      });
      const answers: Answer[] = [];
      for (let i = 0; i < 6; i++) answers.push(await rig.read('evil', `holding:${i * 100}-${i * 100 + 3}`));
      assert.ok(answers.every(({ status, blocks }) => status !== STATUS_OK && blocks.length === 0));
      assert.ok(answers.filter(({ status }) => status === -7).length >= 2);
      server.behave(behaveWell);
      await recovers(rig);
    },
    { timeoutMs: SHORT_TIMEOUT_MS },
  ));

test('a connection is reset after a timeout, so that the kernel delivers nothing late', () =>
  withDevice(
    behaveWell,
    async (rig, server) => {
      await recovers(rig);
      server.behave(() => {});
      await rig.write('evil', 'coil:0', [1]);
      await until('the server sees a reset', () => server.resets() === 1);
    },
    { timeoutMs: SHORT_TIMEOUT_MS },
  ));

test('with several in flight, one bad answer spoils no other one', () =>
  withDevice(
    behaveWell,
    async (rig, server) => {
      await recovers(rig);
      const seen = server.requests.length;
      server.behave((socket, request, index) => {
        if (index === seen + 3) socket.write(Buffer.alloc(12, 0xff));
        else socket.write(goodAnswer(request));
      });
      const answers = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((n) => rig.read('evil', `holding:${n * 10}-${n * 10 + 1}`)),
      );
      answers.forEach(({ status, blocks }, n) => {
        if (status === STATUS_OK) assert.deepEqual(blocks[0]?.values, [n * 10, n * 10 + 1]);
        else assert.deepEqual([status, blocks.length], [-6, 0]);
      });
      assert.deepEqual(
        answers.slice(0, 3).map(({ status }) => status),
        [0, 0, 0],
      );
      assert.notEqual(answers[3]!.status, STATUS_OK);
      await recovers(rig);
    },
    { inFlight: 8 },
  ));

test('with several in flight, answers out of order find their requests', () =>
  withDevice(
    behaveWell,
    async (rig, server) => {
      await recovers(rig);
      const held: [Socket, EvilRequest][] = [];
      server.behave((socket, request) => {
        held.push([socket, request]);
        if (held.length === 6) for (const [to, each] of held.reverse()) to.write(goodAnswer(each));
      });
      const answers = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((n) => rig.read('evil', `holding:${n * 10}-${n * 10 + 1}`)),
      );
      assert.deepEqual(
        answers.map(({ blocks }) => blocks[0]?.values),
        [0, 1, 2, 3, 4, 5].map((n) => [n * 10, n * 10 + 1]),
      );
    },
    { inFlight: 8 },
  ));

test('bytes that nobody asked for end the connection', () =>
  withDevice(behaveWell, async (rig, server) => {
    await recovers(rig);
    server.behave((socket, request) => {
      socket.write(
        Buffer.concat([goodAnswer(request), goodAnswer({ ...request, transaction: request.transaction + 1 })]),
      );
    });
    const read = await rig.read('evil', 'holding:3-4');
    assert.deepEqual(read.blocks[0]?.values, [3, 4]);
    await until('the second answer ends the connection', () => rig.status('evil')['badAnswers'] === 1);
    server.behave(behaveWell);
    await recovers(rig);
  }));

test('a device that closes idle connections is found connected again without a word', () =>
  withDevice(
    (socket, request) => {
      socket.end(goodAnswer(request));
    },
    async (rig, server) => {
      for (let i = 1; i <= 3; i++) {
        await until('connected', () => rig.status('evil')['state'] === 'connected');
        assert.deepEqual((await rig.read('evil', 'holding:5')).blocks[0]?.values, [5]);
        await until('connected again', () => server.connections() === i + 1);
      }
      assert.equal(rig.logs.length, 0);
    },
  ));

test('an idle connection stays open longer than the deadline of a request', () =>
  withDevice(
    behaveWell,
    async (rig, server) => {
      await recovers(rig);
      await new Promise((resolve) => setTimeout(resolve, 3 * SHORT_TIMEOUT_MS));
      await recovers(rig);
      assert.equal(server.connections(), 1);
    },
    { timeoutMs: SHORT_TIMEOUT_MS },
  ));

test.run();
