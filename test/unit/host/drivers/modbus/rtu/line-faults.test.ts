import { assert, suite } from '../../../../../lib/suite.ts';
import type { Answer } from '../../driver-rig.ts';
import { answersAfter, isDead, rtuAnswer, rtuFrame, type UnitBehaviour } from '../../fake-bus.ts';
import { ended, LineRig, TIMEOUT_MS, unitAt } from '../../line-rig.ts';

const test = suite('modbus line, when something is wrong');

async function open(behaviour: UnitBehaviour): Promise<LineRig> {
  const rig = await LineRig.open({ u1: unitAt(1), u2: unitAt(2) });
  rig.bus.units.set(1, behaviour);
  rig.bus.units.set(2, answersAfter(5));
  return rig;
}

test('gives three reads that are issued together their own values, one at a time', async () => {
  const { read, clock, bus, rig } = bound(await open(answersAfter(20)));
  const answers = [read('u1', 'holding:0-1'), read('u1', 'holding:10-11'), read('u1', 'holding:20-21')];
  assert.equal(bus.requests.length, 1);
  clock.advance(200);
  assert.deepEqual(answers.map(ended), ['ok 100,101', 'ok 110,111', 'ok 120,121']);
  assert.equal(bus.collisions, 0);
  assert.equal(rig.status('u1')['timeouts'], 0);
});

for (const lateMs of [101, 140, 199, 250, 299]) {
  test(`never takes an answer that comes after ${lateMs} ms for that of another request`, async () => {
    const { read, clock } = bound(await open(answersAfter(lateMs)));
    const slow: Answer[][] = [];
    const others: Answer[][] = [];
    for (let address = 0; address < 400; address++) {
      slow.push(read('u1', `holding:${address}`));
      others.push(address % 10 === 0 ? read('u2', `holding:${address}`) : []);
      clock.advance(10);
    }
    clock.advance(4_000);
    assert.deepEqual([...new Set(slow.map(ended))].sort(), ['-6 256', '-7 259']);
    others.forEach((answers, address) => {
      if (address % 10 === 0) assert.equal(ended(answers), `ok ${200 + address}`);
    });
  });
}

test('takes a slow unit back as soon as it is in time', async () => {
  const rig = await open(answersAfter(150));
  const { read, clock, bus } = bound(rig);
  const late = read('u1', 'holding:1');
  clock.advance(310);
  bus.units.set(1, answersAfter(10));
  const good = read('u1', 'holding:2');
  clock.advance(50);
  assert.deepEqual([late, good].map(ended), ['-7 259', 'ok 102']);
});

test('finds an answer behind noise', async () => {
  const noise = Buffer.from([0xff, 0x01, 0x00, 0x01, 0x83, 0x01, 0x03]);
  const { read, clock } = bound(
    await open((frame) => [
      [5, noise],
      [10, rtuAnswer(frame)],
    ]),
  );
  const answers = read('u1', 'holding:7');
  clock.advance(50);
  assert.equal(ended(answers), 'ok 107');
});

test('ends a request whose answer has a wrong CRC before its deadline, and asks again only behind it', async () => {
  const bad = (frame: Buffer): Buffer => {
    const answer = rtuAnswer(frame);
    answer[3]! ^= 1;
    return answer;
  };
  const { read, clock, bus, rig } = bound(await open((frame) => [[5, bad(frame)]]));
  const answers = read('u1', 'holding:7');
  clock.advance(TIMEOUT_MS);
  assert.equal(ended(answers), '-7 259', 'the silence of a device server is longer than this deadline');
  bus.units.set(1, answersAfter(5));
  clock.advance(3 * TIMEOUT_MS);
  const next = read('u1', 'holding:8');
  clock.advance(50);
  assert.equal(ended(next), 'ok 108');
  assert.ok(rig.logs.some(({ code }) => code === 'DEVICE_TIMEOUT'));
});

test('gives a damaged answer up after a silence when the deadline is longer', async () => {
  const rig = await LineRig.open({ u1: unitAt(1, { timeoutMs: 1_000 }), u2: unitAt(2, { timeoutMs: 1_000 }) });
  const { read, clock, bus } = bound(rig);
  bus.units.set(1, (frame) => [[5, rtuAnswer(frame).subarray(0, 6)]]);
  bus.units.set(2, answersAfter(5));
  const damaged = read('u1', 'holding:7-9');
  const other = read('u2', 'holding:7');
  clock.advance(400);
  assert.deepEqual([damaged, other].map(ended), ['-6 258', 'ok 207']);
  assert.equal(rig.rig.status('u1')['badAnswers'], 1);
  assert.equal(rig.rig.status('u1')['state'], 'waiting', 'its answer could still come within its deadline');
  clock.advance(700);
  assert.equal(rig.rig.status('u1')['state'], 'connected');
});

test('takes an answer that comes in single bytes', async () => {
  const { read, clock } = bound(
    await open((frame) => [...rtuAnswer(frame)].map((byte, at) => [5 + 4 * at, Uint8Array.of(byte)] as const)),
  );
  const answers = read('u1', 'holding:7-9');
  clock.advance(90);
  assert.equal(ended(answers), 'ok 107,108,109');
});

test('takes no answer of a wrong unit, and none to the request of a foreign unit', async () => {
  const foreign = rtuFrame(9, Buffer.from([3, 2, 0xab, 0xcd]));
  const { read, clock } = bound(
    await open((frame) => [
      [5, foreign],
      [9, rtuFrame(2, rtuAnswer(frame).subarray(1, -2))],
    ]),
  );
  const wrong = read('u1', 'holding:7');
  clock.advance(TIMEOUT_MS);
  assert.equal(ended(wrong), '-7 259');
});

test('passes over the frame of another unit that comes before the answer', async () => {
  const inside = rtuFrame(1, Buffer.from([3, 2, 0xab, 0xcd]));
  // The values of the foreign frame are a whole answer of ours.
  const foreign = rtuFrame(9, Buffer.from([3, inside.length, ...inside]));
  const { read, clock } = bound(
    await open((frame) => [
      [5, foreign],
      [15, rtuAnswer(frame)],
    ]),
  );
  const answers = read('u1', 'holding:7');
  clock.advance(50);
  assert.equal(ended(answers), 'ok 107');
});

test('takes no answer of another function, length, address or value', async () => {
  const wrongs: [string, Uint8Array][] = [
    ['another function', Buffer.from([4, 2, 0, 1])],
    ['more values', Buffer.from([3, 4, 0, 1, 0, 2])],
    ['an exception of another function', Buffer.from([0x84, 2])],
    ['an exception without a code', Buffer.from([0x83, 0])],
  ];
  for (const [what, pdu] of wrongs) {
    const { read, clock } = bound(await open(() => [[5, rtuFrame(1, pdu)]]));
    const answers = read('u1', 'holding:7');
    clock.advance(TIMEOUT_MS);
    assert.ok(['-7 259', '-6 258'].includes(ended(answers)), `${what}: ${ended(answers)}`);
  }
  const rig = await open(() => [[5, rtuFrame(1, Buffer.from([6, 0, 7, 0, 9]))]]);
  const written = rig.write('u1', 'holding:7', [8]);
  rig.clock.advance(TIMEOUT_MS);
  assert.equal(ended(written), '-9 259');
});

test('tells an exception with its code', async () => {
  const { read, clock } = bound(await open(() => [[5, rtuFrame(1, Buffer.from([0x83, 2]))]]));
  const answers = read('u1', 'holding:7');
  clock.advance(20);
  assert.equal(ended(answers), '-10 2');
});

test('opens a port that vanishes again, with back-off, and ends what was under way', async () => {
  const rig = await open(isDead);
  const { read, clock, bus } = bound(rig);
  const pending = read('u1', 'holding:7');
  const waiting = read('u2', 'holding:7');
  const write = rig.write('u2', 'holding:7', [5], 60_000);
  bus.unplug();
  assert.deepEqual([pending, waiting, write].map(ended), ['-6 257', '-6 256', '']);
  assert.equal(ended(read('u2', 'holding:7')), '-6 256');
  clock.advance(10_000);
  assert.ok(rig.rig.logs.some(({ code, text }) => code === 'DEVICE_UNREACHABLE' && text.includes('"u2"')));
  bus.isPlugged = true;
  clock.advance(11_000);
  assert.equal(ended(write), 'ok ');
  assert.equal(ended(read('u2', 'holding:3')), '');
  clock.advance(50);
  assert.equal(bus.last.what, '3:3');
});

test('closes and opens a line that is never silent, and ends what waits for it', async () => {
  const rig = await open(isDead);
  const { read, clock, bus } = bound(rig);
  const chatter = (): void => {
    if (bus.isPlugged) bus.say(Uint8Array.of(0x55));
    clock.after(10, chatter);
  };
  const pending = read('u1', 'holding:7');
  chatter();
  clock.advance(TIMEOUT_MS);
  const waiting = read('u2', 'holding:7');
  clock.advance(3_000);
  assert.deepEqual([pending, waiting].map(ended), ['-7 259', '-6 256']);
  assert.ok(bus.opened > 1);
});

/** The members of a rig that tests use as functions. */
function bound(rig: LineRig) {
  return { read: rig.read.bind(rig), clock: rig.clock, bus: rig.bus, rig: rig.rig };
}

test.run();
