import { IDENTIFICATION_REQUESTS_MAX, Identification } from '../../../../../host/src/drivers/modbus/identification.ts';
import { isIdentification } from '../../../../../host/src/drivers/modbus/identification-pdu.ts';
import type { IdentifyRequest } from '../../../../../host/src/drivers/modbus/request.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { answerFrame } from '../../../../peers/evil-modbus-server.ts';
import { goodPdu, objectsOf, objectsPdu } from '../../../../peers/good-pdu.ts';
import { DriverRig, deviceAt, type Identified, identifyOf } from '../driver-rig.ts';
import { rtuFrame } from '../fake-bus.ts';
import { FakeNetwork } from '../fake-network.ts';
import { LineRig, unitAt } from '../line-rig.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus identification');

/** What a device that answers with these PDUs, one after the other, is taken for; asked over TCP. */
async function identified(level: 1 | 2 | 3, answer: (pdu: Buffer, asked: number) => Buffer): Promise<Identified> {
  const network = new FakeNetwork();
  const clock = new VirtualClock();
  const rig = await DriverRig.open({ pump: deviceAt(502) }, { clock, random: () => 0, openTransport: network.open });
  await Promise.resolve();
  const answers: Identified[] = [];
  rig.identifyWith('pump', level, (answered) => answers.push(answered));
  for (let asked = 0; answers.length === 0 && asked < 1_000; asked++) {
    const frame = network.last.sent[asked]!;
    network.last.receive(answerFrame(frame.readUInt16BE(0), 1, answer(frame.subarray(7), asked)));
  }
  await rig.close();
  assert.equal(answers.length, 1, 'exactly one answer');
  return answers[0]!;
}

for (const level of [1, 2, 3] as const) {
  test(`[MODBUS-6.21] level ${level} gives all its objects, in as many requests as they need`, async () => {
    let asked = 0;
    const { status, objects } = await identified(level, (pdu) => {
      asked++;
      return goodPdu(pdu);
    });
    assert.equal(status, 0);
    assert.deepEqual(objects, objectsOf(level));
    assert.equal(asked, level === 3 ? 3 : 1);
  });
}

test('a device that has less than the level asked for gives what it has', async () => {
  const { status, objects } = await identified(3, () => objectsPdu(3, [[0, 'A']]));
  assert.deepEqual([status, objects], [0, [[0, 'A']]]);
});

test('objects without a text, and none at all, are what the device said', async () => {
  assert.deepEqual((await identified(1, () => objectsPdu(1, [[1, '']]))).objects, [[1, '']]);
  const none = await identified(1, () => objectsPdu(1, []));
  assert.deepEqual([none.status, none.objects], [0, []]);
});

const A = [0, 'A'] as const;
const B = [1, 'B'] as const;
const EVIL: readonly (readonly [what: string, answer: (pdu: Buffer, asked: number) => Buffer])[] = [
  ['begins again where it has been', (_pdu, asked) => objectsPdu(3, [A, B], asked === 0 ? 2 : undefined)],
  ['goes on for ever with the same object', () => objectsPdu(3, [A], 0)],
  ['goes on without an object', () => objectsPdu(3, [], 1)],
  ['goes on with an object that the level does not have', () => objectsPdu(1, [A], 3)],
  ['has an object twice', () => objectsPdu(3, [A, A])],
  ['has objects that go down', () => objectsPdu(3, [B, A])],
  ['has an object that the level does not have', () => objectsPdu(1, [A, [3, 'http://']])],
  ['answers for another level', () => objectsPdu(2, [A])],
  ['counts more objects than it sends', () => change(objectsPdu(3, [A, B]), 6, 3)],
  ['counts fewer objects than it sends', () => change(objectsPdu(3, [A, B]), 6, 1)],
  ['counts 255 objects', () => change(objectsPdu(3, [A, B]), 6, 255)],
  ['has an object longer than the frame', () => change(objectsPdu(3, [A, B]), 8, 200)],
  ['says neither yes nor no to more', () => change(objectsPdu(3, [A]), 4, 1)],
  ['has a conformity that there is none of', () => change(objectsPdu(3, [A]), 3, 4)],
  ['answers another kind of function 43', () => change(objectsPdu(3, [A]), 1, 13)],
  ['sends no more than the head', () => objectsPdu(3, [A]).subarray(0, 4)],
];

for (const [what, answer] of EVIL) {
  test(`a device that ${what} is not believed`, async () => {
    const { status, detail, objects } = await identified(what.includes('the level does not have') ? 1 : 3, answer);
    assert.deepEqual([status, detail, objects], [-6, 258, []]);
  });
}

test('a device that always has one more object is asked no more than so often', async () => {
  let asked = 0;
  const { status, detail, objects } = await identified(3, (_pdu, at) => {
    asked++;
    return objectsPdu(3, [[at, '']], at + 1);
  });
  assert.deepEqual([status, detail, objects, asked], [-6, 261, [], IDENTIFICATION_REQUESTS_MAX]);
});

test('a device that says more than the gateway takes gives nothing', async () => {
  const text = 'x'.repeat(240);
  const { status, detail } = await identified(3, (_pdu, at) => objectsPdu(3, [[at, text]], at + 1));
  assert.deepEqual([status, detail], [-6, 261]);
});

test('a refusal is told with its code, also of a later part', async () => {
  const refusal = Buffer.from([0xab, 1]);
  const first = await identified(1, () => refusal);
  const later = await identified(3, (_pdu, asked) => (asked === 0 ? objectsPdu(3, [A], 5) : refusal));
  for (const { status, detail, objects } of [first, later]) assert.deepEqual([status, detail, objects], [-10, 1, []]);
});

test('an answer is none when any byte of it is missing', () => {
  const request = identifyOf(3, 0) as IdentifyRequest;
  const pdu = goodPdu(Buffer.from([43, 14, 3, 0]));
  assert.ok(isIdentification(pdu, 0, pdu.length, request));
  for (let length = 0; length < pdu.length; length++) {
    assert.equal(isIdentification(pdu.subarray(0, length), 0, length, request), false, `${length} bytes`);
  }
});

test('256 objects are counted right', () => {
  const found = new Identification();
  for (let id = 0; id < 256; id += 64) {
    const objects = Array.from({ length: 64 }, (_, n) => [id + n, ''] as const);
    found.add(objectsPdu(3, objects, id < 192 ? id + 64 : undefined), 0);
  }
  assert.equal(found.payload().length, 4 + 512);
  assert.deepEqual([...found.payload().subarray(0, 4)], [0x83, 0, 0, 1]);
});

test('on a line the parts are asked for one after the other, between the requests of others', async () => {
  const rig = await LineRig.open({ u1: unitAt(1), u2: unitAt(2) });
  for (const unit of [1, 2]) rig.bus.units.set(unit, (frame) => [[10, rtuFrame(unit, goodPdu(frame.subarray(1, -2)))]]);
  const answers: Identified[] = [];
  rig.rig.identifyWith('u1', 3, (answer) => answers.push(answer));
  for (let n = 0; n < 3; n++) rig.read('u2', 'holding:0');
  rig.clock.advance(200);
  assert.deepEqual(answers[0]?.objects, objectsOf(3));
  assert.deepEqual(
    rig.bus.requests.map(({ unitId }) => unitId),
    [1, 2, 1, 2, 1, 2],
  );
  assert.equal(rig.bus.collisions, 0);
});

test('the rest is not asked for when the module is gone', async () => {
  const rig = await LineRig.open({ u1: unitAt(1) });
  rig.bus.units.set(1, (frame) => [[10, rtuFrame(1, goodPdu(frame.subarray(1, -2)))]]);
  let answers = 0;
  rig.rig.identifyWith('u1', 3, () => answers++);
  rig.rig.driver.moduleDown('m');
  rig.clock.advance(500);
  assert.deepEqual([rig.bus.requests.length, answers], [1, 0]);
});

function change(pdu: Buffer, at: number, value: number): Buffer {
  pdu[at] = value;
  return pdu;
}

test.run();
