import fc from 'fast-check';
import { type Outbox, UpstreamQueue } from '../../../../host/src/uplink/upstream-queue.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('upstream queue, against a model');

interface Entry {
  readonly sequence: number;
  readonly body: string;
  readonly expiresAtMs: number;
  isInFlight: boolean;
}

type Step =
  | { kind: 'append'; owner: number; bytes: number; lifeMs: number }
  | { kind: 'take'; owner: number }
  | { kind: 'settle'; owner: number; which: number }
  | { kind: 'rewind'; owner: number }
  | { kind: 'later'; ms: number };

const owner = fc.integer({ min: 0, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('append' as const), owner, bytes: fc.nat(90), lifeMs: fc.nat(40) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('take' as const), owner }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const), owner, which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rewind' as const), owner }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('later' as const), ms: fc.nat(10) }) },
);

/** What the queue must do, written with lists; how much fits is taken from the queue's own count of dropped messages. */
class Model {
  readonly #queue = new UpstreamQueue(512);
  readonly #outboxes: Outbox[] = [0, 1, 2].map(() => this.#queue.createOutbox());
  readonly #entries: Entry[][] = [[], [], []];
  #now = 0;
  #sequence = 0;

  run(step: Step): void {
    switch (step.kind) {
      case 'append': {
        const body = `${this.#sequence}:`.padEnd(step.bytes + 8, String(this.#sequence % 10));
        const expiresAtMs = step.lifeMs > 30 ? Infinity : this.#now + step.lifeMs;
        const dropped = this.#queue.append(this.#outboxes[step.owner]!, 'bag', Buffer.from(body), expiresAtMs);
        for (let count = dropped!; count > 0; count--) this.#dropOldest();
        this.#entries[step.owner]!.push({ sequence: this.#sequence++, body, expiresAtMs, isInFlight: false });
        return;
      }
      case 'take': {
        const list = this.#entries[step.owner]!;
        const live = list.findIndex((entry) => !entry.isInFlight && entry.expiresAtMs > this.#now);
        const end = live === -1 ? list.length : live;
        const kept = list.filter((entry, index) => entry.isInFlight || index >= end);
        list.splice(0, list.length, ...kept);
        const next = list.find((entry) => !entry.isInFlight);
        const taken = this.#queue.take(this.#outboxes[step.owner]!, this.#now, Infinity);
        assert.deepEqual(
          taken && { ...taken, body: String(taken.body) },
          next && { sequence: next.sequence, topicSuffix: 'bag', body: next.body },
        );
        if (next !== undefined) next.isInFlight = true;
        return;
      }
      case 'settle': {
        const list = this.#entries[step.owner]!;
        const flying = list.filter((entry) => entry.isInFlight);
        const entry = flying[step.which % Math.max(flying.length, 1)];
        assert.equal(this.#queue.settle(this.#outboxes[step.owner]!, entry?.sequence ?? 1e9), entry !== undefined);
        if (entry !== undefined) list.splice(list.indexOf(entry), 1);
        return;
      }
      case 'rewind':
        this.#queue.rewind(this.#outboxes[step.owner]!);
        for (const entry of this.#entries[step.owner]!) entry.isInFlight = false;
        return;
      case 'later':
        this.#now += step.ms;
        return;
      default:
        step satisfies never;
    }
  }

  check(): void {
    assert.equal(this.#queue.counters.queued, this.#entries.flat().length);
    assert.ok(this.#queue.counters.queuedBytes <= 512);
    if (this.#queue.isEmpty) assert.equal(this.#queue.counters.queuedBytes, 0);
  }

  #dropOldest(): void {
    const oldest = this.#entries.flat().reduce((a, b) => (a.sequence < b.sequence ? a : b));
    for (const list of this.#entries) if (list[0] === oldest) list.shift();
  }
}

test('does what lists would do, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const model = new Model();
      for (const each of steps) {
        model.run(each);
        model.check();
      }
    }),
    { numRuns: 500 },
  );
});

test.run();
