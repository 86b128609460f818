import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { answerFrame, behaveWell, type EvilRequest, startEvilServer } from '../../peers/evil-modbus-server.ts';
import { objectsOf, objectsPdu } from '../../peers/good-pdu.ts';
import { type Answer, DriverRig, deviceAt, maskWriteOf, readWriteOf } from '../../unit/host/drivers/driver-rig.ts';

const test = suite('modbus driver and devices that misbehave at functions 22, 23 and 43');

type Pdu = (request: EvilRequest, nth: number) => Uint8Array;

/** A device that answers these functions with these PDUs, and everything else well. */
async function withDevice(pdu: Pdu, body: (rig: DriverRig) => Promise<void>): Promise<void> {
  let nth = 0;
  const server = await startEvilServer((socket, request, index) => {
    if (request.function < 22) behaveWell(socket, request, index);
    else socket.write(answerFrame(request.transaction, 1, pdu(request, nth++)));
  });
  const rig = await DriverRig.open({ evil: deviceAt(server.port, { timeoutMs: 5_000 }) });
  try {
    await until('connected', () => rig.status('evil')['state'] === 'connected');
    await body(rig);
    const again = await until('connected again', async () => {
      const answer = await rig.read('evil', 'holding:40-41');
      return answer.status === 0 && answer;
    });
    assert.deepEqual(again.blocks[0]?.values, [40, 41]);
  } finally {
    await rig.close();
    await server.close();
  }
}

const endOf = ({ status, detail, blocks }: Answer) => [status, detail, blocks.length];
const registers = (count: number) => Buffer.from([23, 2 * count, ...new Uint8Array(2 * count)]);

const WRONG_WRITES: readonly (readonly [what: string, kind: 'mask' | 'both', pdu: Pdu])[] = [
  ['echoes another address', 'mask', () => Buffer.from([22, 0, 5, 0, 1, 0, 2])],
  ['echoes another mask for and', 'mask', () => Buffer.from([22, 0, 4, 0, 3, 0, 2])],
  ['echoes another mask for or', 'mask', () => Buffer.from([22, 0, 4, 0, 1, 0, 3])],
  ['echoes half of the masks', 'mask', () => Buffer.from([22, 0, 4, 0, 1])],
  ['reads too few registers', 'both', () => registers(1)],
  ['reads too many registers', 'both', () => registers(3)],
  ['reads nothing', 'both', () => registers(0)],
  ['counts other registers than it sends', 'both', () => Buffer.from([23, 4, 0, 1])],
  ['answers as if it had only read', 'both', () => Buffer.from([3, 4, 0, 1, 0, 2])],
  ['refuses with exception code 0', 'both', () => Buffer.from([0x97, 0])],
];

for (const [what, kind, pdu] of WRONG_WRITES) {
  test(`a write to a device that ${what} is unknown, and gives no value`, () =>
    withDevice(pdu, async (rig) => {
      const request = kind === 'mask' ? maskWriteOf(4, 1, 2) : readWriteOf('holding:0-1', 5, [1]);
      assert.deepEqual(endOf(await rig.request('evil', request)), [-9, 258, 0]);
      assert.deepEqual(
        rig.audits.map(({ outcome, sent }) => [outcome, sent]),
        [['unknown', true]],
      );
    }));
}

test('a refusal is the answer to its request, and leaves unknown what may have been done', () =>
  withDevice(
    ({ function: code }, nth) => Buffer.from([code | 0x80, nth < 3 ? 1 : 4]),
    async (rig) => {
      const identity = await rig.identify('evil', 1);
      assert.deepEqual([identity.status, identity.detail], [-10, 1]);
      for (const expected of [
        [-10, 1, 0],
        [-9, 4, 0],
      ]) {
        assert.deepEqual(endOf(await rig.request('evil', maskWriteOf(4, 1, 2))), expected);
        assert.deepEqual(endOf(await rig.request('evil', readWriteOf('holding:0', 5, [1]))), expected);
      }
      assert.equal(rig.status('evil')['connections'], 1);
    },
  ));

const A = [0, 'A'] as const;
const WRONG_IDENTITIES: readonly (readonly [what: string, pdu: Pdu])[] = [
  ['goes on for ever with the same object', () => objectsPdu(3, [A], 0)],
  ['begins again where it has been', (_request, nth) => objectsPdu(3, [A, [1, 'B']], nth === 0 ? 2 : undefined)],
  ['goes on without an object', () => objectsPdu(3, [], 1)],
  ['has objects that the level does not have', () => objectsPdu(1, [[200, 'x']])],
  ['has objects that go down', () => objectsPdu(3, [[1, 'B'], A])],
  ['counts more objects than it sends', () => objectsPdu(3, [A]).fill(2, 6, 7)],
  ['claims an object longer than the frame', () => objectsPdu(3, [A]).fill(250, 8, 9)],
];

for (const [what, pdu] of WRONG_IDENTITIES) {
  test(`a device that ${what} is not believed, and asked again on a new connection`, () =>
    withDevice(pdu, async (rig) => {
      const { status, detail, objects } = await rig.identify('evil', what.includes('level') ? 1 : 3);
      assert.deepEqual([status, detail, objects], [-6, 258, []]);
    }));
}

test('a device that always has one more object is asked 64 times, and its connection stays', () =>
  withDevice(
    (_request, nth) => objectsPdu(3, [[nth, '']], nth + 1),
    async (rig) => {
      const { status, detail, objects } = await rig.identify('evil', 3);
      assert.deepEqual([status, detail, objects], [-6, 261, []]);
      assert.equal(rig.status('evil')['connections'], 1);
    },
  ));

test('a device that answers well is believed', async () => {
  const server = await startEvilServer(behaveWell);
  const rig = await DriverRig.open({ good: deviceAt(server.port, { timeoutMs: 5_000 }) });
  try {
    await until('connected', () => rig.status('good')['state'] === 'connected');
    assert.deepEqual((await rig.identify('good', 3)).objects, objectsOf(3));
    const both = await rig.request('good', readWriteOf('holding:10-12', 5, [1]));
    assert.deepEqual(both.blocks[0]?.values, [10, 11, 12]);
    assert.equal((await rig.request('good', maskWriteOf(4, 1, 2))).status, 0);
  } finally {
    await rig.close();
    await server.close();
  }
});

test.run();
