import type { ModbusPoll } from '../../../../../host/src/drivers/modbus/config.ts';
import { formatRange, type Table } from '../../../../../host/src/drivers/modbus/register-range.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { answerFrame } from '../../../../peers/evil-modbus-server.ts';
import { type Answer, DriverRig, deviceAt } from '../driver-rig.ts';
import { FakeNetwork } from '../fake-network.ts';
import { VirtualClock } from '../virtual-clock.ts';

const test = suite('modbus polls that are read together');
const INTERVAL_MS = 100;

/** Exception with which the device refuses a request, if it does. */
type Refusal = (asked: string) => number | undefined;

const poll = (registers: string, changes: Partial<ModbusPoll> = {}): ModbusPoll => ({
  registers: registers.split(' '),
  intervalMs: INTERVAL_MS,
  ...changes,
});

const inShort = ({ status, detail, blocks }: Answer): string =>
  status === 0 ? blocks.map(({ values }) => values.join()).join(' ') : `${status} ${detail}`;

/** A device that answers at once, what it was asked, and what subscribers were answered. */
class GroupRig {
  readonly clock = new VirtualClock();
  readonly asked: string[] = [];
  /** Values or status and detail, by poll. */
  readonly answers: Record<string, string[]> = {};
  refusal: Refusal = () => undefined;
  readonly #network = new FakeNetwork();
  readonly #rig: DriverRig;
  #seen = 0;

  constructor(polls: Record<string, ModbusPoll>) {
    const options = { clock: this.clock, openTransport: this.#network.open };
    this.#rig = new DriverRig({ pump: deviceAt(502, { polls }) }, options);
  }

  static async open(polls: Record<string, ModbusPoll>): Promise<GroupRig> {
    const rig = new GroupRig(polls);
    await rig.#rig.driver.open();
    await Promise.resolve();
    return rig;
  }

  /** Subscribes a module of the same name to each of these polls, and lets the device answer. */
  subscribe(...names: readonly string[]): void {
    for (const name of names) {
      this.answers[name] ??= [];
      const note = (answer: Answer) => this.answers[name]!.push(inShort(answer));
      this.#rig.subscribe('pump', name, note, name);
    }
    this.answer();
  }

  unsubscribe(name: string): void {
    this.#rig.driver.moduleDown(name);
  }

  /** What the device is asked during the next round. */
  round(): string[] {
    const before = this.asked.length;
    for (let half = 0; half < 2; half++) {
      this.clock.advance(INTERVAL_MS / 2);
      this.answer();
    }
    return this.asked.slice(before);
  }

  answer(): void {
    const { sent } = this.#network.last;
    for (; this.#seen < sent.length; this.#seen++) this.#answerTo(sent[this.#seen]!);
  }

  status(name: string): Record<string, unknown> {
    return (this.#rig.status('pump')['polls'] as Record<string, Record<string, unknown>>)[name]!;
  }

  #answerTo(frame: Buffer): void {
    const [table, address, count] = [frame[7]! as Table, frame.readUInt16BE(8), frame.readUInt16BE(10)];
    const asked = formatRange({ table, address, count });
    this.asked.push(asked);
    const exception = this.refusal(asked);
    if (exception === undefined) this.#network.last.answer(this.#seen);
    else this.#network.last.receive(answerFrame(frame.readUInt16BE(0), 1, Buffer.from([table | 0x80, exception])));
  }
}

test('those with the same interval and priority share requests, and each gets its own registers', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0-1 holding:9'), b: poll('holding:4'), c: poll('holding:8-9') });
  rig.subscribe('a', 'b', 'c');
  assert.deepEqual(rig.round(), ['holding:0-9']);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => rig.answers[name]!.at(-1)),
    ['0,1 9', '4', '8,9'],
  );
});

test('those with another interval or priority have requests of their own', async () => {
  const rig = await GroupRig.open({
    a: poll('holding:0'),
    b: poll('holding:1', { intervalMs: INTERVAL_MS / 2 }),
    c: poll('holding:2', { priority: 'high' }),
    d: poll('holding:3'),
  });
  rig.subscribe('a', 'b', 'c', 'd');
  assert.deepEqual(rig.round().sort(), ['holding:0-3', 'holding:1', 'holding:1', 'holding:2']);
});

test('those to which no module subscribes are not read', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0'), b: poll('holding:1'), c: poll('holding:2') });
  rig.subscribe('a', 'b');
  assert.deepEqual(rig.round(), ['holding:0-1']);
});

test('one that joins is read at once, and with the others from the next round on; none misses a round', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0'), b: poll('holding:1') });
  rig.subscribe('a');
  rig.clock.advance(INTERVAL_MS / 2);
  rig.subscribe('b');
  assert.deepEqual(rig.asked, ['holding:0', 'holding:1']);
  rig.clock.advance(INTERVAL_MS / 2);
  rig.answer();
  assert.deepEqual(rig.asked.slice(2), ['holding:0-1']);
  assert.deepEqual([rig.answers['a']!.length, rig.answers['b']!.length], [2, 2]);
  assert.deepEqual([rig.status('a')['skipped'], rig.status('b')['skipped']], [0, 0]);
});

test('one that joins while a round runs delays nobody', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0'), b: poll('holding:1'), c: poll('holding:2') });
  rig.subscribe('a', 'b');
  rig.clock.advance(INTERVAL_MS);
  rig.subscribe('c');
  assert.deepEqual(rig.round(), ['holding:0-2']);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => [rig.answers[name]!.length, rig.status(name)['skipped']]),
    [
      [3, 0],
      [3, 0],
      [2, 0],
    ],
  );
});

test('one whose first reading still runs misses the round, the others do not', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0'), b: poll('holding:1'), c: poll('holding:2') });
  rig.subscribe('a', 'b');
  rig.clock.advance(INTERVAL_MS - 1);
  rig.refusal = (asked) => {
    // The first answer for `c` comes behind the beginning of the round.
    if (asked === 'holding:2') rig.clock.advance(1);
    return undefined;
  };
  rig.subscribe('c');
  assert.deepEqual(rig.asked.slice(2), ['holding:2', 'holding:0-1']);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => rig.status(name)['skipped']),
    [0, 0, 1],
  );
  assert.deepEqual(rig.round(), ['holding:0-2']);
});

test('a round that is due while requests of the one before are left is skipped by all', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0'), b: poll('holding:50') });
  rig.subscribe('a', 'b');
  rig.clock.advance(INTERVAL_MS);
  rig.refusal = (asked) => {
    // `a` has its reading when the next round is due, `b` has not.
    if (asked === 'holding:50') rig.clock.advance(INTERVAL_MS);
    return undefined;
  };
  rig.answer();
  assert.deepEqual(rig.asked.slice(2), ['holding:0', 'holding:50']);
  assert.deepEqual([rig.status('a')['skipped'], rig.status('b')['skipped']], [1, 1]);
});

test('one that nobody wants any more is left out from the next round on, and the others go on', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0'), b: poll('holding:1'), c: poll('holding:2') });
  rig.subscribe('a', 'b', 'c');
  assert.deepEqual(rig.round(), ['holding:0-2']);
  rig.unsubscribe('c');
  assert.deepEqual(rig.round(), ['holding:0-1']);
  rig.unsubscribe('a');
  assert.deepEqual(rig.round(), ['holding:1']);
  assert.equal(rig.answers['b']!.length, 4);
  rig.unsubscribe('b');
  for (let n = 0; n < 10; n++) assert.deepEqual(rig.round(), []);
  assert.equal(rig.clock.pending, 0);
});

test('when a shared request fails, the polls in it fail with its status and the others go on', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0'), b: poll('holding:1'), c: poll('holding:50 holding:51') });
  rig.subscribe('a', 'b', 'c');
  rig.refusal = (asked) => (asked === 'holding:0-1' ? 6 : undefined);
  assert.deepEqual(rig.round(), ['holding:0-1', 'holding:50-51']);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => rig.answers[name]!.at(-1)),
    ['-10 6', '-10 6', '50 51'],
  );
  assert.deepEqual(rig.round(), ['holding:0-1', 'holding:50-51'], 'they are still read together');
});

for (const exception of [2, 3]) {
  test(`no poll fails when a shared request is refused with exception ${exception}; those in it are read apart`, async () => {
    const rig = await GroupRig.open({ a: poll('holding:0'), b: poll('holding:5'), c: poll('holding:50 holding:51') });
    rig.subscribe('a', 'b', 'c');
    rig.refusal = (asked) => (asked === 'holding:0-5' ? exception : undefined);
    assert.deepEqual(rig.round(), ['holding:0-5', 'holding:50-51', 'holding:0', 'holding:5']);
    assert.deepEqual(rig.answers, { a: ['0', '0'], b: ['5', '5'], c: ['50 51', '50 51'] });
    assert.deepEqual(rig.round().sort(), ['holding:0', 'holding:5', 'holding:50-51']);
    assert.deepEqual([rig.status('a')['failed'], rig.status('b')['failed']], [0, 0]);
  });
}

test('one whose own registers do not exist fails alone, and the others share their requests', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0'), bad: poll('holding:1'), c: poll('holding:2') });
  rig.refusal = (asked) => (asked === 'holding:0' || asked === 'holding:2' || asked === 'holding:0-2' ? undefined : 2);
  rig.subscribe('a', 'bad', 'c');
  assert.deepEqual(rig.round(), ['holding:0-2', 'holding:1']);
  assert.deepEqual(rig.answers, { a: ['0', '0'], bad: ['-10 2', '-10 2'], c: ['2', '2'] });
});

test('counts requests that have registers of a poll, rounds, and rounds that it was due in', async () => {
  const rig = await GroupRig.open({ a: poll('holding:0 coil:0'), b: poll('holding:1'), c: poll('input:0') });
  rig.subscribe('a', 'b');
  rig.round();
  rig.clock.advance(3 * INTERVAL_MS);
  rig.answer();
  const counters = ['a', 'b', 'c'].map((name) => {
    const { requests, subscribers, readings, failed, skipped } = rig.status(name);
    return [requests, subscribers, readings, failed, skipped];
  });
  assert.deepEqual(counters, [
    [2, 1, 3, 0, 2],
    [1, 1, 3, 0, 2],
    [1, 0, 0, 0, 0],
  ]);
});

test('all of them together have one turn at a time, as one poll has', async () => {
  const rig = await GroupRig.open({
    a: poll('holding:0', { intervalMs: 2 * INTERVAL_MS }),
    b: poll('holding:50', { intervalMs: 2 * INTERVAL_MS }),
    c: poll('holding:100', { intervalMs: 2 * INTERVAL_MS }),
    other: poll('input:7'),
  });
  rig.subscribe('a', 'b', 'c', 'other');
  rig.round();
  assert.deepEqual(rig.round(), ['holding:0', 'holding:50', 'input:7', 'holding:100']);
});

test.run();
