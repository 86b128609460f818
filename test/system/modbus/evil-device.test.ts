import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { answerFrame, behaveWell, goodAnswer, type Misdeed } from '../../peers/evil-modbus-server.ts';
import type { Answer } from '../../unit/host/drivers/driver-rig.ts';
import { changedAnswer, recovers, SHORT_TIMEOUT_MS, STATUS_OK, TIMEOUT_MS, withDevice } from './evil-device-rig.ts';

// What is known to go wrong with Modbus TCP, and the test that shows what becomes of it:
//
// | event                                              | here, or where                                              |
// | -------------------------------------------------- | ----------------------------------------------------------- |
// | closes, or resets, during a request                | MISDEEDS                                                    |
// | closes, and no deadline was set                    | there is none without: the default is 1,000 ms              |
// | the client gives up with a request pending         | reaching.test.ts: closing ends what waits                   |
// | garbage, impossible length, half a frame           | MISDEEDS, each followed by a good answer on a new connection |
// | another transaction; a late answer                 | MISDEEDS; evil-connection.test.ts                           |
// | another unit, another function                     | MISDEEDS                                                    |
// | too few or too many registers                      | too few registers, well framed                              |
// | exception                                          | an exception is the answer to its request                   |
// | refused, unreachable, name not found, comes back   | reaching.test.ts                                            |
// | idle for longer than the deadline                  | evil-connection.test.ts                                     |
// | more requests at once than ids                     | libmodbus.test.ts: 1,000 wait, up to 16 are in flight       |
// | functions 22, 23 and 43                            | evil-functions.test.ts                                      |
// | lines, on a port and behind a device server        | evil-line.test.ts; ../serial/port-vanishes.test.ts          |

const test = suite('modbus driver and devices that misbehave');

/** Statuses and details of a read and of a write that the misdeed met. */
interface Expected {
  readonly read: readonly [number, number];
  readonly write: readonly [number, number];
  readonly code?: string;
}

const CLOSED: Expected = { read: [-6, 257], write: [-9, 257], code: 'DEVICE_CLOSED' };
const BAD: Expected = { read: [-6, 258], write: [-9, 258], code: 'DEVICE_PROTOCOL' };
const SILENT: Expected = { read: [-7, 259], write: [-9, 259], code: 'DEVICE_TIMEOUT' };

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
    (socket, request) => socket.write(changedAnswer(request, (frame) => frame.writeUInt16BE(60_000, 4))),
    BAD,
  ],
  [
    'claims a length of nothing',
    (socket, request) => socket.write(changedAnswer(request, (frame) => frame.writeUInt16BE(0, 4))),
    BAD,
  ],
  [
    'claims more bytes than it sends',
    (socket, request) => socket.write(changedAnswer(request, (frame) => frame.writeUInt16BE(200, 4))),
    SILENT,
  ],
  ['sends half a frame', (socket, request) => socket.write(goodAnswer(request).subarray(0, 8)), SILENT],
  ['sends half a frame and closes', (socket, request) => socket.end(goodAnswer(request).subarray(0, 8)), CLOSED],
  [
    'answers another transaction',
    (socket, request) =>
      socket.write(changedAnswer(request, (frame) => frame.writeUInt16BE(request.transaction + 1, 0))),
    BAD,
  ],
  [
    'names another protocol',
    (socket, request) => socket.write(changedAnswer(request, (frame) => frame.writeUInt16BE(1, 2))),
    BAD,
  ],
  [
    'answers for another unit',
    (socket, request) =>
      socket.write(
        changedAnswer(request, (frame) => {
          frame[6] = 77;
        }),
      ),
    BAD,
  ],
  [
    'answers another function',
    (socket, request) =>
      socket.write(
        changedAnswer(request, (frame) => {
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
          changedAnswer(request, (frame) => {
            frame[at]! ^= 1;
          }),
        ),
      );
      const write = await rig.write('evil', 'holding:40', [512]);
      assert.deepEqual([write.status, write.detail], [-9, 258]);
      server.behave(behaveWell);
    }
  }));

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
