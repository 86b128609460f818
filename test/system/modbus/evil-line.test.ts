import type { Socket } from 'node:net';
import type { ModbusConfig, SerialLine } from '../../../host/src/drivers/modbus/config.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import {
  type EvilLine,
  goodLineAnswer,
  type LineMisdeed,
  type LineRequest,
  lineBehavesWell,
  lineFrame,
  openPortTo,
  startEvilLine,
} from '../../peers/evil-line.ts';
import { objectsOf, objectsPdu } from '../../peers/good-pdu.ts';
import { type Answer, DriverRig, maskWriteOf, readWriteOf } from '../../unit/host/drivers/driver-rig.ts';

// What goes wrong on a serial line, one test each: on a port (RTU), and behind a device server (RTU over TCP).
//
// | event                                             | read              | write             |
// | ------------------------------------------------- | ----------------- | ----------------- |
// | port vanishes, server closes, during a request    | unavailable, 257  | unknown, 257      |
// | server resets                                     | unavailable, 257  | unknown, 257      |
// | nothing, garbage, a text                          | timeout, 259      | unknown, 259      |
// | wrong CRC, half a frame                           | unavailable, 258  | unknown, 258      |
// | another unit, function, count, echo; exception 0  | timeout, 259      | unknown, 259      |
// | noise before the answer, single bytes             | the values        | confirmed         |
// | exception                                         | failed, its code  | failed, its code  |
//
// Below the table: late answers, requests together, a line that is never silent, what functions 22, 23 and 43 can meet.

type Way = 'on a port' | 'behind a device server';
type Ends = readonly [status: number, detail: number];

interface Expected {
  readonly read: Ends;
  readonly write: Ends;
  readonly timeoutMs: number;
}

/** A unit whose line vanished rests for up to three deadlines. */
const GONE: Expected = { read: [-6, 257], write: [-9, 257], timeoutMs: 1_000 };
const SILENT: Expected = { read: [-7, 259], write: [-9, 259], timeoutMs: 200 };
/** Longer than the silence after which half a frame is given up, and not much: the unit rests as long. */
const DAMAGED: Expected = { read: [-6, 258], write: [-9, 258], timeoutMs: 1_000 };
const GOOD: Expected = { read: [0, 0], write: [0, 0], timeoutMs: 5_000 };
const REFUSED: Expected = { read: [-10, 2], write: [-10, 2], timeoutMs: 5_000 };

const changed = (request: LineRequest, change: (pdu: Buffer) => void): Buffer => {
  const pdu = Buffer.from(goodLineAnswer(request).subarray(1, -2));
  change(pdu);
  return lineFrame(request.unitId, pdu);
};

const MISDEEDS: readonly (readonly [what: string, misdeed: LineMisdeed, expected: Expected])[] = [
  ['closes during a request', (socket) => socket.end(), GONE],
  ['resets during a request', (socket) => socket.resetAndDestroy(), GONE],
  ['says nothing', () => undefined, SILENT],
  ['sends 40 bytes of garbage', (socket) => socket.write(Buffer.alloc(40, 0xa5)), SILENT],
  ['sends a text', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), SILENT],
  [
    'sends a wrong CRC',
    (socket, request) => {
      const frame = goodLineAnswer(request);
      frame[frame.length - 1]! ^= 1;
      socket.write(frame);
    },
    DAMAGED,
  ],
  ['sends half a frame', (socket, request) => socket.write(goodLineAnswer(request).subarray(0, 5)), DAMAGED],
  [
    'answers for another unit',
    (socket, request) => socket.write(goodLineAnswer({ ...request, unitId: request.unitId + 1 })),
    SILENT,
  ],
  [
    'answers another function',
    (socket, request) =>
      socket.write(
        changed(request, (pdu) => {
          pdu[0]! ^= 7;
        }),
      ),
    SILENT,
  ],
  [
    'sends too few values, or a wrong echo',
    (socket, { unitId, pdu }) =>
      socket.write(lineFrame(unitId, Buffer.from(pdu[0] === 3 ? [3, 2, 0, 1] : [6, 0, 7, 0, 1]))),
    SILENT,
  ],
  [
    'sends too many values, or the echo of another address',
    (socket, { unitId, pdu }) =>
      socket.write(lineFrame(unitId, Buffer.from(pdu[0] === 3 ? [3, 22, ...new Uint8Array(22)] : [6, 0, 8, 4, 210]))),
    SILENT,
  ],
  ['refuses with exception code 0', (socket, { unitId, pdu }) => socket.write(exception(unitId, pdu, 0)), SILENT],
  ['refuses', (socket, { unitId, pdu }) => socket.write(exception(unitId, pdu, 2)), REFUSED],
  [
    'makes noise before its answer',
    (socket, request) => socket.write(Buffer.concat([Buffer.from([0xff, 1, 0, 1, 3]), goodLineAnswer(request)])),
    GOOD,
  ],
  ['answers in single bytes', (socket, request) => sendSlowly(socket, [...goodLineAnswer(request)]), GOOD],
];

function exception(unitId: number, pdu: Buffer, code: number): Buffer {
  return lineFrame(unitId, Buffer.from([pdu[0]! | 0x80, code]));
}

function sendSlowly(socket: Socket, bytes: number[]): void {
  const byte = bytes.shift();
  if (byte === undefined || socket.destroyed) return;
  socket.write(Buffer.of(byte), () => setImmediate(() => sendSlowly(socket, bytes)));
}

const unit = { unitId: 1, maxGap: 8, polls: {} };

async function withLine(
  way: Way,
  timeoutMs: number,
  body: (rig: DriverRig, line: EvilLine) => Promise<void>,
): Promise<void> {
  const line = await startEvilLine(lineBehavesWell);
  const port = way === 'on a port' ? openPortTo(line.port) : undefined;
  const device: ModbusConfig =
    port === undefined
      ? { ...unit, type: 'modbus-rtu-tcp', host: '127.0.0.1', port: line.port, timeoutMs, turnaroundMs: 50 }
      : { ...unit, type: 'modbus-rtu', line: 'bus' };
  const format = { baudRate: 115_200, parity: 'none', stopBits: 1, timeoutMs, turnaroundMs: 50 } as const;
  const lines: Record<string, SerialLine> = port === undefined ? {} : { bus: { path: port.path, ...format } };
  const rig = await DriverRig.open({ evil: device }, { lines });
  try {
    await recovers(rig);
    await body(rig, line);
  } finally {
    await rig.close();
    await port?.close();
    await line.close();
  }
}

/** Reads until it works, and checks that what comes is what was asked for. */
async function recovers(rig: DriverRig): Promise<void> {
  let address = 100;
  await until(
    'an answer',
    async () => {
      const { status, blocks } = await rig.read('evil', `holding:${++address}-${address + 4}`);
      if (status !== 0) return undefined;
      assert.deepEqual(
        blocks[0]?.values,
        [0, 1, 2, 3, 4].map((n) => address + n),
      );
      return true;
    },
    20_000,
  );
}

const endOf = ({ status, detail }: Answer): Ends => [status, detail];

/** A read and a write meet a misdeed, and after each the line is found again. */
const meets = (way: Way, misdeed: LineMisdeed, { read, write, timeoutMs }: Expected): Promise<void> =>
  withLine(way, timeoutMs, async (rig, line) => {
    line.behave(misdeed);
    const answer = await rig.read('evil', 'holding:0-9');
    assert.deepEqual(endOf(answer), read);
    assert.deepEqual(
      answer.blocks.map(({ values }) => values),
      read === GOOD.read ? [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]] : [],
    );
    line.behave(lineBehavesWell);
    await recovers(rig);

    line.behave(misdeed);
    const seen = line.requests.length;
    assert.deepEqual(endOf(await rig.write('evil', 'holding:7', [1234], 20_000)), write);
    line.behave(lineBehavesWell);
    await recovers(rig);
    const writes = line.requests.slice(seen).filter(({ pdu }) => pdu[0] === 6);
    assert.equal(writes.length, 1, 'a write is sent once and not repeated');
  });

for (const way of ['on a port', 'behind a device server'] as const) {
  const test = suite(`modbus line that misbehaves, ${way}`, {
    needs: way === 'on a port' ? [TOOLS.socat] : [],
    timeoutMs: 60_000,
  });

  // Each has a line of its own and spends its time on rests of the unit, so all are at it together.
  let outcomes: Promise<PromiseSettledResult<void>[]> | undefined;
  for (const [index, [what]] of MISDEEDS.entries()) {
    test(`a unit that ${what} gives no wrong value, and the line is found again`, async () => {
      outcomes ??= Promise.allSettled(MISDEEDS.map(([, misdeed, expected]) => meets(way, misdeed, expected)));
      const outcome = (await outcomes)[index]!;
      if (outcome.status === 'rejected') throw outcome.reason;
    });
  }

  test('requests that are made together get their own values', () =>
    withLine(way, 5_000, async (rig) => {
      const answers = await Promise.all(
        [0, 10, 20].map((address) => rig.read('evil', `holding:${address}-${address + 1}`)),
      );
      assert.deepEqual(
        answers.map(({ blocks }) => blocks[0]?.values),
        [
          [0, 1],
          [10, 11],
          [20, 21],
        ],
      );
    }));

  test('a unit that always answers late never gives the values of another request', () =>
    withLine(way, 100, async (rig, line) => {
      line.behave((socket, request) => setTimeout(() => socket.writable && socket.write(goodLineAnswer(request)), 150));
      for (let n = 0; n < 8; n++) {
        const { status, blocks } = await rig.read('evil', `holding:${n * 100}-${n * 100 + 3}`);
        assert.ok(status === -7 || status === -6, `${status}`);
        assert.equal(blocks.length, 0);
      }
      line.behave(lineBehavesWell);
      await recovers(rig);
    }));

  test('bytes that nobody asked for change nothing', () =>
    withLine(way, 5_000, async (rig, line) => {
      const stray = (): number => rig.status('evil')['strayBytes'] as number;
      const before = stray();
      line.say(lineFrame(1, Buffer.from([3, 4, 0, 99, 0, 98])));
      await until('the bytes to be heard', () => stray() - before === 9);
      const { blocks } = await rig.read('evil', 'holding:7-8');
      assert.deepEqual(blocks[0]?.values, [7, 8]);
    }));

  test('a line that is never silent ends what waits for it, and is found again', () =>
    withLine(way, 200, async (rig, line) => {
      line.behave(() => undefined);
      const chatter = setInterval(() => line.say(Uint8Array.of(0x55)), 5);
      try {
        assert.deepEqual(endOf(await rig.read('evil', 'holding:0')), [-7, 259]);
        const write = await rig.write('evil', 'holding:7', [1], 500);
        assert.ok(write.status === -8 || write.status === -9, `${write.status}`);
        await until('the line is given up', () => (rig.status('evil')['connectionsLost'] as number) > 0);
      } finally {
        clearInterval(chatter);
      }
      line.behave(lineBehavesWell);
      await recovers(rig);
    }));

  test('a unit that writes and reads at once, and gives other values than asked for, is not believed', () =>
    withLine(way, 200, async (rig, line) => {
      for (const count of [1, 3]) {
        line.behave((socket, { unitId }) => {
          socket.write(lineFrame(unitId, Buffer.from([23, 2 * count, ...new Uint8Array(2 * count)])));
        });
        const both = await rig.request('evil', readWriteOf('holding:0-1', 5, [1]));
        assert.deepEqual([...endOf(both), both.blocks.length], [-9, 259, 0]);
        line.behave(lineBehavesWell);
        await recovers(rig);
      }
      line.behave((socket, { unitId }) => socket.write(lineFrame(unitId, Buffer.from([22, 0, 4, 0, 1, 0, 3]))));
      assert.deepEqual(endOf(await rig.request('evil', maskWriteOf(4, 1, 2))), [-9, 259]);
      assert.deepEqual(
        rig.audits.map(({ outcome }) => outcome),
        ['unknown', 'unknown', 'unknown'],
      );
    }));

  test('a unit that says what it is in parts is understood, and one that goes in circles is not believed', () =>
    withLine(way, 200, async (rig, line) => {
      const good = await until('all objects', async () => {
        const told = await rig.identify('evil', 3);
        return told.status === 0 && told;
      });
      assert.deepEqual(good.objects, objectsOf(3));
      line.behave((socket, { unitId }) =>
        socket.write(
          lineFrame(
            unitId,
            objectsPdu(
              3,
              [
                [0, 'A'],
                [1, 'B'],
              ],
              2,
            ),
          ),
        ),
      );
      const circling = await rig.identify('evil', 3);
      assert.deepEqual([circling.status, circling.detail, circling.objects], [-7, 259, []]);
      line.behave(lineBehavesWell);
      await recovers(rig);
    }));

  test.run();
}
