import { assert, suite } from '../../../../lib/suite.ts';
import { answerFrame } from '../../../../peers/evil-modbus-server.ts';
import { type Answer, DriverRig, deviceAt } from '../driver-rig.ts';
import { FakeNetwork } from '../fake-network.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus polls');
const INTERVAL_MS = 100;

interface PollRig {
  readonly rig: DriverRig;
  readonly clock: VirtualClock;
  readonly network: FakeNetwork;
  readonly poll: () => Record<string, number>;
}

/** A driver with one connected device and one poll of two requests. */
async function open(isOpen = true): Promise<PollRig> {
  const clock = new VirtualClock();
  const network = new FakeNetwork();
  network.isOpen = isOpen;
  const polls = { fast: { registers: ['holding:0-1', 'coil:0'], intervalMs: INTERVAL_MS } };
  const pump = deviceAt(502, { polls, timeoutMs: 1_000 });
  const rig = await DriverRig.open({ pump }, { clock, random: () => 1, openTransport: network.open });
  await Promise.resolve();
  return {
    rig,
    clock,
    network,
    poll: () => (rig.status('pump')['polls'] as Record<string, Record<string, number>>)['fast']!,
  };
}

/** Lets time pass on a device that answers at once. */
function passTime({ clock, network }: PollRig, ms: number): void {
  while (network.last.answerNext()) {}
  for (let i = 0; i < ms; i++) {
    clock.advance(1);
    while (network.last.answerNext()) {}
  }
}

test('reads at once when somebody subscribes, and again at every interval', async () => {
  const rig = await open();
  const times: number[] = [];
  const start = rig.clock.now();
  rig.rig.subscribe('pump', 'fast', () => times.push(rig.clock.now() - start));
  passTime(rig, 350);
  assert.deepEqual(times, [0, 100, 200, 300]);
});

test('does not drift, however long a reading takes', async () => {
  const rig = await open();
  const starts: number[] = [];
  const start = rig.clock.now();
  rig.rig.subscribe('pump', 'fast', () => {});
  for (let round = 0; round < 50; round++) {
    starts.push(rig.clock.now() - start);
    const before = rig.network.last.sent.length;
    rig.clock.advance(round % 40);
    rig.network.last.answer(before - 1);
    rig.clock.advance(round % 30);
    rig.network.last.answer(before);
    rig.clock.advanceUntil(() => rig.network.last.sent.length > before + 1, 1);
  }
  assert.deepEqual(
    starts,
    Array.from({ length: 50 }, (_, n) => n * INTERVAL_MS),
  );
  assert.equal(rig.poll()['skipped'], 0);
});

test('skips and counts rounds that are due while one still runs', async () => {
  const rig = await open();
  const answers: Answer[] = [];
  rig.rig.subscribe('pump', 'fast', (answer) => answers.push(answer));
  rig.clock.advance(350);
  assert.equal(rig.network.last.sent.length, 1, 'nothing piles up');
  rig.network.last.answer(0);
  rig.network.last.answer(1);
  assert.equal(answers.length, 1);
  assert.equal(rig.poll()['skipped'], 3);
  rig.clock.advance(50);
  assert.equal(rig.network.last.sent.length, 3, 'the next round is on its time');
});

test('counts rounds that passed while the thread was busy, and reads once', async () => {
  const rig = await open();
  rig.rig.subscribe('pump', 'fast', () => {});
  rig.network.last.answer(0);
  rig.network.last.answer(1);
  rig.clock.stall(1_050);
  rig.clock.advance(0);
  assert.equal(rig.network.last.sent.length, 3);
  assert.equal(rig.poll()['skipped'], 9);
  rig.network.last.answer(2);
  rig.network.last.answer(3);
  rig.clock.advance(49);
  assert.equal(rig.network.last.sent.length, 4);
  rig.clock.advance(1);
  assert.equal(rig.network.last.sent.length, 5, 'on the same beat as before');
});

test('runs only while somebody subscribes', async () => {
  const rig = await open();
  rig.clock.advance(1_000);
  assert.equal(rig.network.last.sent.length, 0);
  const seen = { a: 0, b: 0 };
  rig.rig.subscribe('pump', 'fast', () => seen.a++, 'a');
  rig.rig.subscribe('pump', 'fast', () => seen.b++, 'b');
  passTime(rig, 250);
  assert.deepEqual(seen, { a: 3, b: 3 });
  rig.rig.driver.moduleDown('a');
  passTime(rig, 200);
  assert.deepEqual(seen, { a: 3, b: 5 });
  rig.rig.driver.moduleDown('b');
  const sent = rig.network.last.sent.length;
  passTime(rig, 1_000);
  assert.equal(rig.network.last.sent.length, sent);
  assert.equal(rig.clock.pending, 0);
});

test('answers each round of a device that is away with a status', async () => {
  const rig = await open(false);
  rig.network.last.close(new Error('refused'));
  const answers: Answer[] = [];
  rig.rig.subscribe('pump', 'fast', (answer) => answers.push(answer));
  assert.deepEqual(answers, [{ status: -6, detail: 256, blocks: [] }]);
});

test('gives no part of a reading of which a request failed', async () => {
  const rig = await open();
  const answers: Answer[] = [];
  rig.rig.subscribe('pump', 'fast', (answer) => answers.push(answer));
  rig.network.last.answer(0);
  assert.equal(answers.length, 0);
  rig.network.last.close();
  assert.deepEqual(answers, [{ status: -6, detail: 257, blocks: [] }]);
  assert.deepEqual([rig.poll()['readings'], rig.poll()['failed']], [0, 1]);
});

test('tells the first failure of a reading', async () => {
  const rig = await open();
  const answers: Answer[] = [];
  rig.rig.subscribe('pump', 'fast', (answer) => answers.push(answer));
  const refuse = (exception: number): void => {
    const frame = rig.network.last.sent.at(-1)!;
    rig.network.last.receive(answerFrame(frame.readUInt16BE(0), 1, Buffer.from([frame[7]! | 0x80, exception])));
  };
  refuse(6);
  refuse(4);
  assert.deepEqual(answers, [{ status: -10, detail: 6, blocks: [] }]);
});

test('stops reading over gaps when the device has none of those addresses, and only then', async () => {
  for (const [exception, requests] of [
    [2, 2],
    [6, 1],
  ] as const) {
    const clock = new VirtualClock();
    const network = new FakeNetwork();
    const polls = { gappy: { registers: ['holding:0-1', 'holding:4'], intervalMs: INTERVAL_MS } };
    const rig = await DriverRig.open({ pump: deviceAt(502, { polls }) }, { clock, openTransport: network.open });
    await Promise.resolve();
    rig.subscribe('pump', 'gappy', () => {});
    const frame = network.last.sent[0]!;
    assert.equal(frame.readUInt16BE(10), 5);
    network.last.receive(answerFrame(frame.readUInt16BE(0), 1, Buffer.from([0x83, exception])));
    clock.advance(INTERVAL_MS);
    const status = rig.status('pump')['polls'] as Record<string, Record<string, number>>;
    assert.equal(status['gappy']?.['requests'], requests);
    assert.equal(network.last.sent[1]!.readUInt16BE(10), requests === 2 ? 2 : 5);
  }
});

test('ends subscriptions with a status when the driver closes', async () => {
  const rig = await open();
  const answers: Answer[] = [];
  rig.rig.subscribe('pump', 'fast', (answer) => answers.push(answer));
  rig.network.last.answer(0);
  rig.network.last.answer(1);
  await rig.rig.close();
  assert.deepEqual(
    answers.map(({ status }) => status),
    [0, -11],
  );
  assert.equal(rig.clock.pending, 0);
});

test('refuses a poll that is not declared', async () => {
  const rig = await open();
  const answers: Answer[] = [];
  rig.rig.subscribe('pump', 'slow', (answer) => answers.push(answer));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [-5],
  );
});

test.run();
