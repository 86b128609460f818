import type { Socket } from 'node:net';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import {
  answerFrame,
  behaveWell,
  type EvilRequest,
  type EvilServer,
  goodAnswer,
  type Misdeed,
  startEvilServer,
} from '../../peers/evil-modbus-server.ts';
import { type Answer, DriverRig, deviceAt } from '../../unit/host/drivers/driver-rig.ts';

// What is known to go wrong with Modbus TCP, and the test that shows what becomes of it:
//
// | event                                              | here, or where                                              |
// | -------------------------------------------------- | ----------------------------------------------------------- |
// | closes, or resets, during a request                | MISDEEDS                                                    |
// | closes, and no deadline was set                    | there is none without: the default is 1,000 ms              |
// | the client gives up with a request pending         | reaching.test.ts: closing ends what waits                   |
// | garbage, impossible length, half a frame           | MISDEEDS, each followed by a good answer on a new connection |
// | another transaction; a late answer                 | MISDEEDS; an answer that comes after the deadline           |
// | another unit, another function                     | MISDEEDS                                                    |
// | too few or too many registers                      | too few registers, well framed                              |
// | exception                                          | an exception is the answer to its request                   |
// | refused, unreachable, name not found, comes back   | reaching.test.ts                                            |
// | idle for longer than the deadline                  | an idle connection stays open                               |
// | more requests at once than ids                     | libmodbus.test.ts: 1,000 wait, up to 16 are in flight       |
// | functions 22, 23 and 43                            | evil-functions.test.ts                                      |
// | lines, on a port and behind a device server        | evil-line.test.ts; ../serial/port-vanishes.test.ts          |

const test = suite('modbus driver and devices that misbehave');
/** Long enough for a busy machine, where no test waits for it to pass. */
const TIMEOUT_MS = 3_000;
const SHORT_TIMEOUT_MS = 150;
const STATUS_OK = 0;

/** Statuses and details of a read and of a write that the misdeed met. */
interface Expected {
  readonly read: readonly [number, number];
  readonly write: readonly [number, number];
  readonly code?: string;
}

const CLOSED: Expected = { read: [-6, 257], write: [-9, 257], code: 'DEVICE_CLOSED' };
const BAD: Expected = { read: [-6, 258], write: [-9, 258], code: 'DEVICE_PROTOCOL' };
const SILENT: Expected = { read: [-7, 259], write: [-9, 259], code: 'DEVICE_TIMEOUT' };

const frameOf = (request: EvilRequest, change: (frame: Buffer) => void): Buffer => {
  const frame = goodAnswer(request);
  change(frame);
  return frame;
};

const MISDEEDS: readonly (readonly [string, Misdeed, Expected])[] = [
  ['closes during a request', (socket) => socket.end(), CLOSED],
  ['resets the connection', (socket) => socket.resetAndDestroy(), CLOSED],
  ['says nothing', () => {}, SILENT],
  ['sends 40 bytes of garbage', (socket) => socket.write(Buffer.alloc(40, 0xa5)), BAD],
  [
    'sends garbage byte by byte',
    (socket) => {
      let left = 10;
      const next = (): void => {
        if (left-- > 0 && !socket.destroyed) socket.write(Buffer.of(0xa5), () => setImmediate(next));
      };
      next();
    },
    BAD,
  ],
  ['sends a text', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), BAD],
  [
    'claims a length beyond the longest frame',
    (socket, request) => socket.write(frameOf(request, (frame) => frame.writeUInt16BE(60_000, 4))),
    BAD,
  ],
  [
    'claims a length of nothing',
    (socket, request) => socket.write(frameOf(request, (frame) => frame.writeUInt16BE(0, 4))),
    BAD,
  ],
  [
    'claims more bytes than it sends',
    (socket, request) => socket.write(frameOf(request, (frame) => frame.writeUInt16BE(200, 4))),
    SILENT,
  ],
  ['sends half a frame', (socket, request) => socket.write(goodAnswer(request).subarray(0, 8)), SILENT],
  ['sends half a frame and closes', (socket, request) => socket.end(goodAnswer(request).subarray(0, 8)), CLOSED],
  [
    'answers another transaction',
    (socket, request) => socket.write(frameOf(request, (frame) => frame.writeUInt16BE(request.transaction + 1, 0))),
    BAD,
  ],
  [
    'names another protocol',
    (socket, request) => socket.write(frameOf(request, (frame) => frame.writeUInt16BE(1, 2))),
    BAD,
  ],
  [
    'answers for another unit',
    (socket, request) =>
      socket.write(
        frameOf(request, (frame) => {
          frame[6] = 77;
        }),
      ),
    BAD,
  ],
  [
    'answers another function',
    (socket, request) =>
      socket.write(
        frameOf(request, (frame) => {
          frame[7] = 4;
        }),
      ),
    BAD,
  ],
  [
    'sends a frame of the wrong size',
    (socket, request) => socket.write(answerFrame(request.transaction, 1, Buffer.from([request.function, 2, 0, 1]))),
    BAD,
  ],
  [
    'refuses with exception code 0',
    (socket, request) => socket.write(answerFrame(request.transaction, 1, Buffer.from([request.function | 0x80, 0]))),
    BAD,
  ],
];

async function withDevice(
  misdeed: Misdeed,
  body: (rig: DriverRig, server: EvilServer) => Promise<void>,
  changes: { timeoutMs?: number; inFlight?: number } = {},
): Promise<void> {
  const server = await startEvilServer(misdeed);
  const polls = { fast: { registers: ['holding:0-9'], intervalMs: 20 } };
  const rig = await DriverRig.open({ evil: deviceAt(server.port, { timeoutMs: TIMEOUT_MS, polls, ...changes }) });
  try {
    await body(rig, server);
  } finally {
    await rig.close();
    await server.close();
  }
}

/** Reads until it works, and checks that what comes is what was asked for. */
async function recovers(rig: DriverRig): Promise<void> {
  const end = performance.now() + 5_000;
  for (let address = 100; performance.now() < end; address++) {
    const answer = await rig.read('evil', `holding:${address}-${address + 4}`);
    if (answer.status !== STATUS_OK) {
      assert.equal(answer.blocks.length, 0);
      await new Promise((resolve) => setTimeout(resolve, 10));
      continue;
    }
    assert.deepEqual(
      answer.blocks[0]?.values,
      [0, 1, 2, 3, 4].map((n) => address + n),
    );
    return;
  }
  throw new Error('the connection did not recover');
}

for (const [what, misdeed, expected] of MISDEEDS) {
  test(`a device that ${what} gives no value, and is asked again on a new connection`, () =>
    withDevice(
      behaveWell,
      async (rig, server) => {
        await recovers(rig);
        server.behave(misdeed);
        const read = await rig.read('evil', 'holding:0-9');
        assert.deepEqual([read.status, read.detail], expected.read);
        assert.equal(read.blocks.length, 0);
        assert.equal(rig.logs.at(-1)?.code, expected.code);
        server.behave(behaveWell);
        await recovers(rig);

        server.behave(misdeed);
        const seen = server.requests.length;
        const write = await rig.write('evil', 'holding:7', [1234]);
        assert.deepEqual([write.status, write.detail], expected.write);
        server.behave(behaveWell);
        await recovers(rig);
        const writes = server.requests.slice(seen).filter((request) => request.function === 6);
        assert.equal(writes.length, 1, 'a write is sent once and not repeated');
        assert.deepEqual(
          rig.audits.map(({ outcome, sent }) => [outcome, sent]),
          [['unknown', true]],
        );
        assert.ok(server.connections() >= 3);
      },
      { timeoutMs: expected === SILENT ? SHORT_TIMEOUT_MS : TIMEOUT_MS },
    ));
}

test('too few registers, well framed, are no answer', () =>
  withDevice(behaveWell, async (rig, server) => {
    await recovers(rig);
    server.behave((socket, request) => socket.write(goodAnswer({ ...request, operand: request.operand - 2 })));
    const read = await rig.read('evil', 'holding:0-9');
    assert.deepEqual([read.status, read.detail, read.blocks.length], [-6, 258, 0]);
    server.behave((socket, request) => socket.write(goodAnswer({ ...request, operand: request.operand + 2 })));
    await until('connected again', () => rig.status('evil')['state'] === 'connected');
    assert.equal((await rig.read('evil', 'holding:0-9')).status, -6);
    server.behave(behaveWell);
    await recovers(rig);
  }));

test('a write that echoes another address or value is unknown', () =>
  withDevice(behaveWell, async (rig, server) => {
    for (const at of [9, 11]) {
      await recovers(rig);
      server.behave((socket, request) =>
        socket.write(
          frameOf(request, (frame) => {
            frame[at]! ^= 1;
          }),
        ),
      );
      const write = await rig.write('evil', 'holding:40', [512]);
      assert.deepEqual([write.status, write.detail], [-9, 258]);
      server.behave(behaveWell);
    }
  }));

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

test('an answer in single bytes is understood', () =>
  withDevice(
    (socket, request) => {
      const bytes = [...goodAnswer(request)];
      const next = (): void => {
        const byte = bytes.shift();
        if (byte === undefined || socket.destroyed) return;
        socket.write(Buffer.from([byte]), () => setImmediate(next));
      };
      next();
    },
    async (rig) => {
      const read = await rig.read('evil', 'holding:10-14');
      assert.deepEqual(read.blocks[0]?.values, [10, 11, 12, 13, 14]);
    },
  ));

test('an exception is the answer to its request and leaves the connection open', () =>
  withDevice(
    (socket, request) => {
      socket.write(answerFrame(request.transaction, 1, Buffer.from([request.function | 0x80, 2])));
    },
    async (rig, server) => {
      const read = await rig.read('evil', 'holding:0');
      const write = await rig.write('evil', 'coil:0', [1]);
      assert.deepEqual([read.status, read.detail], [-10, 2]);
      assert.deepEqual([write.status, write.detail], [-10, 2]);
      server.behave((socket, request) => {
        socket.write(answerFrame(request.transaction, 1, Buffer.from([request.function | 0x80, 4])));
      });
      const broken = await rig.write('evil', 'coil:0', [1]);
      assert.deepEqual([broken.status, broken.detail], [-9, 4]);
      assert.deepEqual(
        rig.audits.map(({ outcome }) => outcome),
        ['refused', 'unknown'],
      );
      assert.equal(server.connections(), 1);
    },
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

test('a poll goes on after faults, and every reading it gives is right', () =>
  withDevice(
    behaveWell,
    async (rig, server) => {
      const misdeeds = MISDEEDS.map(([, misdeed]) => misdeed);
      server.behave((socket, request, index) => {
        if (index % 4 === 3) misdeeds[(index >> 2) % misdeeds.length]!(socket, request, index);
        else behaveWell(socket, request, index);
      });
      const answers: Answer[] = [];
      rig.subscribe('evil', 'fast', (answer) => answers.push(answer));
      await until('25 readings', () => answers.filter(({ status }) => status === STATUS_OK).length >= 25, 9_000);
      for (const { status, blocks } of answers) {
        if (status === STATUS_OK) assert.deepEqual(blocks[0]?.values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        else assert.ok([-6, -7].includes(status) && blocks.length === 0);
      }
      assert.ok(answers.some(({ status }) => status !== STATUS_OK));
    },
    { timeoutMs: SHORT_TIMEOUT_MS },
  ));

test.run();
