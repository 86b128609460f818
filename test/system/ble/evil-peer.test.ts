import { STATUS } from '../../../host/src/abi/constants.ts';
import { DETAIL } from '../../../host/src/drivers/ble/detail.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { RawBench as Bench, PATH } from './raw-bench.ts';
import { type Answering, errorOf, tableAnswers } from './raw-peer.ts';

const test = suite('Bluetooth devices that break the rules', { timeoutMs: 60_000, needs: [TOOLS.socat] });

const honest = tableAnswers();
/** An honest peer, but for its answers to one kind of request. */
const butFor =
  (code: number, answer: Answering): Answering =>
  (request) =>
    request[0] === code ? answer(request) : honest(request);
const bytes = (...values: number[]): Buffer => Buffer.from(values);

test('an honest raw peer is read, written in one piece and in several, and subscribed', () =>
  Bench.run(honest, async (bench) => {
    assert.deepEqual([...(await bench.read()).payload], [1, 2, 3]);
    assert.equal((await bench.write(Buffer.alloc(10))).status, STATUS.ok);
    assert.equal((await bench.write(Buffer.alloc(512, 7))).status, STATUS.ok);
    assert.equal((await bench.ask({ kind: 'subscribe', path: PATH })).status, STATUS.ok);
    assert.equal(bench.peer.links, 1);
  }));

/** What a peer sends instead of an answer, and whether the library fails on it: each ends the link with a code, and the next one works. */
const VIOLATIONS: Readonly<Record<string, readonly [code: number, answer: Answering]>> = {
  'services with entries of no length, a loop without end for the library': [
    0x10,
    () => bytes(0x11, 0, 1, 0, 255, 255, 0x1a, 0x18),
  ],
  'characteristics with entries of no length': [0x08, () => bytes(0x09, 0, 2, 0, 0x1e, 3, 0, 0x6e, 0x2a)],
  'services that go round in a circle': [0x10, () => bytes(0x11, 6, 1, 0, 0, 0, 0x1a, 0x18)],
  'services with half an entry': [0x10, () => bytes(0x11, 6, 1, 0, 255)],
  'a list of services without one': [0x10, () => bytes(0x11, 6)],
  'characteristics below the range': [0x08, () => bytes(0x09, 7, 0, 0, 0x1e, 3, 0, 0x6e, 0x2a)],
  'an answer of another kind, an empty value for the library': [0x0a, () => bytes(0x13)],
  'an error that belongs to no request': [0x0a, () => bytes(0x01, 0x12, 3, 0, 1)],
  'half an error': [0x0a, () => bytes(0x01, 0x0a)],
  'an empty packet': [0x0a, () => Buffer.alloc(0)],
  'half a notification, on which the library fails': [0x0a, () => bytes(0x1b, 3)],
  'a value longer than the link': [0x0a, () => Buffer.concat([bytes(0x0b), Buffer.alloc(300)])],
  'a size below the smallest': [0x02, () => bytes(0x03, 1, 0)],
};

for (const [what, [code, answer]] of Object.entries(VIOLATIONS))
  test(`${what}: the link ends with a code, and the next one works`, () =>
    Bench.run(butFor(code, answer), async (bench) => {
      const ended = await bench.read();
      assert.deepEqual(
        [ended.status, ended.detail, ended.payload.length],
        [STATUS.unavailable, DETAIL.badAnswer, 0],
        what,
      );
      assert.ok(bench.status()['badAnswers']! >= 1);
      bench.peer.answering = honest;
      assert.deepEqual([...(await bench.read()).payload], [1, 2, 3]);
      assert.ok(bench.codes.includes('DEVICE_PROTOCOL'), bench.codes.join(' '));
    }));

test('a value that never ends is cut off, and is no value', () =>
  Bench.run(
    (request) =>
      request[0] === 0x0a || request[0] === 0x0c
        ? Buffer.concat([bytes(request[0] + 1), Buffer.alloc(99)])
        : honest(request),
    async (bench) => {
      const { status, payload } = await bench.read();
      assert.deepEqual([status, payload.length], [STATUS.unavailable, 0]);
      assert.ok(bench.peer.received.filter(([code]) => code === 0x0c).length <= 7);
    },
  ));

test('a long value whose last part is refused as beyond its end is whole', () =>
  Bench.run(
    (request) => {
      if (request[0] === 0x0a) return Buffer.concat([bytes(0x0b), Buffer.alloc(99, 5)]);
      return request[0] === 0x0c ? errorOf(request, 0x07) : honest(request);
    },
    async (bench) => {
      const { status, payload } = await bench.read();
      assert.deepEqual([status, payload.length], [STATUS.ok, 99]);
    },
  ));

for (const [what, code, ask] of [
  ['a read', 0x0a, (bench: Bench) => bench.read()],
  ['a write', 0x12, (bench: Bench) => bench.write(Buffer.alloc(3))],
  ['a long write', 0x16, (bench: Bench) => bench.write(Buffer.alloc(400))],
  ['a subscription', 0x12, (bench: Bench) => bench.ask({ kind: 'subscribe', path: PATH })],
] as const)
  for (const error of [0x02, 0x04, 0x80])
    test(`${what} that is refused with ${error} fails with that code, and what follows works`, () =>
      Bench.run(
        butFor(code, (request) => errorOf(request, error)),
        async (bench) => {
          const { status, detail, payload } = await ask(bench);
          assert.deepEqual([status, detail, payload.length], [STATUS.failed, error, 0]);
          assert.ok(!bench.peer.received.some(([request]) => request === 0x18), 'no part of it is written');
          bench.peer.answering = honest;
          assert.deepEqual([...(await bench.read()).payload], [1, 2, 3]);
        },
      ));

test('a device that wants encryption and does not set it up ends the request with that code', () =>
  Bench.run(
    butFor(0x0a, (request) => errorOf(request, 0x05)),
    async (bench) => {
      const { status, detail } = await bench.read();
      assert.deepEqual([status, detail], [STATUS.failed, 5]);
    },
  ));

test('another value than the one that was sent, in a long write, is not written', () =>
  Bench.run(
    butFor(0x16, (request) => {
      const echo = Buffer.concat([bytes(0x17), request.subarray(1)]);
      echo[10]! ^= 1;
      return echo;
    }),
    async (bench) => {
      const { status, detail } = await bench.write(Buffer.alloc(400));
      assert.deepEqual([status, detail], [STATUS.unknown, DETAIL.badAnswer]);
      assert.ok(!bench.peer.received.some(([request]) => request === 0x18), 'what was prepared is not executed');
    },
  ));

test('an answer that comes after its deadline is not taken for that of another request', () =>
  Bench.run(
    butFor(0x0a, () => undefined),
    async (bench) => {
      const late = await bench.read();
      assert.deepEqual([late.status, late.detail], [STATUS.timeout, DETAIL.noAnswer]);
      bench.peer.answering = butFor(0x0a, () => [bytes(0x0b, 9), bytes(0x0b, 8), bytes(0x0b, 7)]);
      assert.deepEqual(
        [...(await bench.read()).payload],
        [9],
        'the first answer is the one; with the others the link ends',
      );
      // Answers have no numbers: one that comes when the next request is under way cannot be told from its own.
      const { links } = bench.peer;
      bench.peer.answering = honest;
      await until('another link', () => bench.peer.links > links && bench.peer.isLinked);
      assert.deepEqual([...(await bench.read()).payload], [1, 2, 3]);
    },
  ));

test('a size larger than we offered is not believed', () =>
  Bench.run(
    (request) => {
      if (request[0] === 0x02) return bytes(0x03, 0xff, 0xff);
      return request[0] === 0x0a ? Buffer.concat([bytes(0x0b), Buffer.alloc(400, 3)]) : honest(request);
    },
    async (bench) => {
      const { status, payload } = await bench.read();
      assert.deepEqual([status, payload.length], [STATUS.ok, 400]);
      bench.peer.answering = butFor(0x0a, () => Buffer.concat([bytes(0x0b), Buffer.alloc(600, 3)]));
      const longer = await bench.read();
      assert.deepEqual([longer.status, longer.detail], [STATUS.unavailable, DETAIL.badAnswer]);
    },
  ));

test('packets that are announced longer than they may be, or never end, cost the link and no memory', () =>
  Bench.run(honest, async (bench) => {
    assert.equal((await bench.read()).status, STATUS.ok);
    for (const send of [
      () => bench.peer.sendRaw(bytes(0xff, 0xff, 4, 0)),
      () => bench.peer.sendRaw(bytes(1)),
      () => {
        bench.peer.sendRaw(bytes(10, 0, 4, 0, 1));
        for (let piece = 0; piece < 5; piece++) bench.peer.sendRaw(Buffer.alloc(200), false);
      },
    ]) {
      const before = bench.peer.links;
      send();
      await until('another link', () => bench.peer.links > before && bench.peer.isLinked);
      assert.equal((await bench.read()).status, STATUS.ok);
    }
  }));

test('a device that asks the gateway without end loses its link', () =>
  Bench.run(honest, async (bench) => {
    assert.equal((await bench.read()).status, STATUS.ok);
    const before = bench.peer.links;
    for (let count = 0; count < 400; count++) bench.peer.send(bytes(0x0a, 1, 0));
    await until('another link', () => bench.peer.links > before && bench.peer.isLinked);
    assert.equal((await bench.read()).status, STATUS.ok);
  }));

test('advertisements on which the library would fail reach nobody else either', () =>
  Bench.run(honest, async (bench) => {
    for (const data of [
      bytes(1, 10),
      bytes(255, 255),
      bytes(0),
      Buffer.alloc(0),
      bytes(3, 3, 1),
      Buffer.alloc(31, 0x16),
    ]) {
      bench.peer.advertise(data);
      assert.equal((await bench.read()).status, STATUS.ok);
    }
  }));

test.run();
