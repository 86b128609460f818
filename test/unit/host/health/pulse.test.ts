import { Pulse, type PulsedCell } from '../../../../host/src/health/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { VirtualClock } from '../drivers/virtual-clock.ts';

const test = suite('the pulse of a gateway');

/** A cell that answers when the test says so. */
class FakeCell implements PulsedCell {
  readonly name: string;
  readonly silenceMaxMs = 60_000;
  isIdle = false;
  pings = 0;
  #answered: (() => void) | undefined;

  constructor(name: string) {
    this.name = name;
  }

  ping(answered: () => void): void {
    this.pings++;
    this.#answered = answered;
  }

  answer(): void {
    this.#answered?.();
    this.#answered = undefined;
  }
}

function open(...names: string[]) {
  const clock = new VirtualClock();
  const cells = names.map((name) => new FakeCell(name));
  const beats: boolean[] = [];
  const pulse = new Pulse({ cells, clock, everyMs: 5_000, onBeat: (isAnswered) => beats.push(isAnswered) });
  pulse.open();
  return { clock, cells, beats, pulse };
}

test('time alone makes no beat good: every cell must have answered since the one before', () => {
  const { clock, cells, beats, pulse } = open('a', 'b');
  const [a, b] = cells as [FakeCell, FakeCell];
  clock.advance(10_000);
  assert.ok(beats.length > 2 && !beats.includes(true));
  assert.equal(pulse.isStarted, false);
  a.answer();
  clock.advance(100);
  assert.equal(beats.at(-1), false);
  a.answer();
  b.answer();
  clock.advance(100);
  assert.equal(beats.at(-1), true);
  assert.equal(pulse.isStarted, true);
  a.answer();
  clock.advance(5_000);
  assert.equal(beats.at(-1), false, 'b owes an answer');
});

test('says how long a cell has owed an answer, and nothing of one that has answered', () => {
  const { clock, cells, pulse } = open('a', 'b');
  const [a, b] = cells as [FakeCell, FakeCell];
  a.answer();
  clock.advance(50);
  assert.deepEqual(
    pulse.silences().map(({ name, silentMs }) => [name, silentMs]),
    [
      ['a', 0],
      ['b', 50],
    ],
  );
  clock.advance(70_000);
  b.answer();
  assert.equal(pulse.silences()[1]?.silentMs, 0);
});

test('a cell that has nothing to run owes nothing, also when that changes', () => {
  const { clock, cells, beats, pulse } = open('a');
  const [a] = cells as [FakeCell];
  clock.advance(50);
  a.isIdle = true;
  clock.advance(100);
  assert.deepEqual([beats.at(-1), pulse.silences()[0]?.silentMs], [true, 0]);
  a.isIdle = false;
  clock.advance(10_000);
  assert.equal(beats.at(-1), false);
});

test('without cells the main thread alone is asked, and closing ends the beats', () => {
  const { clock, beats, pulse } = open();
  assert.deepEqual(beats, [true]);
  clock.advance(5_000);
  assert.deepEqual(beats, [true, true]);
  pulse.close();
  clock.advance(50_000);
  assert.equal(beats.length, 2);
  assert.equal(clock.pending, 0);
});

test.run();
