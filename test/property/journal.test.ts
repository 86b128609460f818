import fc from 'fast-check';
import type { Departure } from '../../host/src/journal/index.ts';
import { decodeHead, encodeHead } from '../../host/src/journal/message-head.ts';
import { JournalRig, rest } from '../lib/journal-rig.ts';
import { assert, suite } from '../lib/suite.ts';

const test = suite('journal against a model', { timeoutMs: 120_000 });
const NAMES = ['a', 'b', 'c'] as const;
const ROOM = 1e9;
const WINDOW_BYTES = 2_000;

type Step =
  | { readonly kind: 'append'; readonly name: string; readonly bytes: number; readonly isUrgent: boolean }
  | { readonly kind: 'take' | 'rewind'; readonly name: string }
  | { readonly kind: 'settle'; readonly name: string; readonly which: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'refuse' | 'work' | 'cut' | 'reopen' };

const name = fc.constantFrom(...NAMES);
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        name,
        bytes: fc.oneof(fc.nat(50), fc.nat(3_000)),
        isUrgent: fc.boolean(),
      }),
    },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('take' as const), name }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const), name, which: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rewind' as const), name }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(10, 100, 6_000, 70_000) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('refuse', 'work', 'cut', 'reopen') }) },
  ),
  { maxLength: 80 },
);

interface Message {
  readonly text: string;
  readonly id: string;
  /** Somebody was told that it is on the disk. */
  isDurable: boolean;
}

/** What has to come of an outbox: what is in flight, and what waits, in order. */
class ModelOutbox {
  inFlight: { message: Message; departure: Departure }[] = [];
  waiting: Message[] = [];
}

/** Lists in the place of files. */
class Model {
  readonly outboxes = new Map(NAMES.map((each) => [each as string, new ModelOutbox()]));
  readonly ids = new Set<string>();
  readonly sequences = new Set<number>();
  rig: JournalRig;
  #count = 0;

  constructor(rig: JournalRig) {
    this.rig = rig;
    for (const each of NAMES) rig.outbox(each);
  }

  of(each: string): ModelOutbox {
    return this.outboxes.get(each)!;
  }

  append(each: string, bytes: number, isUrgent: boolean): void {
    const text = `${each} ${this.#count++} `.padEnd(bytes, '.');
    const sequence = this.rig.append(text, { name: each, isUrgent });
    assert.ok(!this.sequences.has(sequence), 'a sequence comes once');
    this.sequences.add(sequence);
    const message: Message = { text, id: `${this.rig.journal.epoch}-${sequence}`, isDurable: false };
    this.of(each).waiting.push(message);
    if (!isUrgent) return;
    const before = this.all().filter(({ isDurable }) => !isDurable);
    const { rig } = this;
    void rig.queue.whenDurable().then(({ kind }) => {
      // What the old process still did after the cut is not on the disk of the new one.
      if (kind === 'durable' && rig === this.rig) for (const one of before) one.isDurable = true;
    });
  }

  async take(each: string): Promise<void> {
    const box = this.of(each);
    let departure = this.rig.queue.take(this.rig.outbox(each), ROOM);
    if (departure === undefined && box.waiting.length > 0) {
      // It is on the disk.
      await this.rig.environment.pass(2_000);
      departure = this.rig.queue.take(this.rig.outbox(each), ROOM);
    }
    const { loadedBytes } = this.rig.outbox(each);
    // What is in flight takes memory, too; there is more when some of it is settled.
    if (departure === undefined && box.inFlight.length > 0 && loadedBytes * NAMES.length >= WINDOW_BYTES) return;
    const message = box.waiting.shift();
    assert.equal(departure?.body.toString(), message?.text);
    if (departure === undefined || message === undefined) return;
    assert.equal(`${departure.epoch}-${departure.sequence}`, message.id, 'a message keeps its id');
    box.inFlight.push({ message, departure });
  }

  settle(each: string, which: number): void {
    const box = this.of(each);
    const [settled] = box.inFlight.splice(which, 1);
    if (settled === undefined) return;
    assert.equal(this.rig.queue.settle(this.rig.outbox(each), settled.departure.sequence), true);
  }

  rewind(each: string): void {
    const box = this.of(each);
    this.rig.queue.rewind(this.rig.outbox(each));
    box.waiting = [...box.inFlight.map(({ message }) => message), ...box.waiting];
    box.inFlight = [];
  }

  /** Another process opens the folder: what was durable must be there, and nothing may come out of order. */
  async goOn(rig: JournalRig, isCut: boolean): Promise<void> {
    assert.notEqual(rig.journal.epoch, this.rig.journal.epoch);
    this.rig = rig;
    for (const each of NAMES) rig.outbox(each);
    // Whoever looks takes a copy, and has room for all of it.
    const copy = rig.storage.cut({ keepsName: () => true, keptBytes: (bytes) => bytes });
    const looker = await JournalRig.open({ storage: copy, environment: rig.environment });
    for (const [each, box] of this.outboxes) {
      const expected = [...box.inFlight.map(({ message }) => message), ...box.waiting];
      const found = (await looker.departures(each)).map(({ epoch, sequence, body }): Message => {
        return { text: body.toString(), id: `${epoch}-${sequence}`, isDurable: true };
      });
      const numbers = found.map(({ text }) => Number(text.split(' ')[1]));
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].sort((a, b) => a - b),
      );
      const ids = new Map(found.map(({ text, id }) => [text, id]));
      for (const { text, id, isDurable } of expected)
        if (ids.has(text) || isDurable || !isCut) assert.equal(ids.get(text), id, text);
      // What was settled may come again; from here on the model goes on with what there is.
      box.inFlight = [];
      box.waiting = found;
    }
    void looker.journal.close(0);
  }

  all(): Message[] {
    return [...this.outboxes.values()].flatMap(({ inFlight, waiting }) => [
      ...inFlight.map(({ message }) => message),
      ...waiting,
    ]);
  }
}

async function apply(model: Model, step: Step): Promise<void> {
  const { rig } = model;
  switch (step.kind) {
    case 'append':
      return model.append(step.name, step.bytes, step.isUrgent);
    case 'take':
      return model.take(step.name);
    case 'settle':
      return model.settle(step.name, step.which);
    case 'rewind':
      return model.rewind(step.name);
    case 'pass':
      return rig.environment.pass(step.ms);
    case 'refuse':
      rig.storage.fault = (operation) => (operation === 'datasync' || operation === 'unlink' ? 'EIO' : undefined);
      return;
    case 'work':
      rig.storage.fault = () => undefined;
      return;
    case 'cut': {
      await rest();
      const next = await rig.afterCut();
      void rig.journal.close(0);
      return model.goOn(next, true);
    }
    case 'reopen':
      rig.storage.fault = () => undefined;
      return model.goOn(await rig.reopen(), false);
    default:
      step satisfies never;
  }
}

test('gives what a list would give, through commits, faults, restarts and power cuts', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const queue = { segmentBytes: 4_096, windowBytes: WINDOW_BYTES, cursorMs: 1_000 };
      const model = new Model(await JournalRig.open({ queue }));
      for (const step of list as Step[]) {
        await apply(model, step);
        assert.equal(model.rig.queue.counters.depth, model.all().length);
      }
      model.rig.storage.fault = () => undefined;
      for (const each of NAMES) {
        model.rewind(each);
        while (model.of(each).waiting.length > 0) {
          await model.take(each);
          model.settle(each, 0);
        }
      }
      await model.rig.close();
      assert.deepEqual(model.rig.files, []);
      assert.equal(model.rig.storage.opens.current, 0);
    }),
    { numRuns: 150 },
  );
});

test('a head comes back as it was, and no other bytes come back as something else', () => {
  const word = fc.oneof(
    fc.constantFrom('$.ct', '$.ce', 'utf-8', 'application/json', '$.cid', 'unit', ''),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(
      fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      fc.array(fc.tuple(word, word)),
      (output, properties) => {
        const head = output === undefined ? { properties } : { output, properties };
        assert.deepEqual(decodeHead(encodeHead(head)), head);
      },
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const head = decodeHead(Buffer.from(bytes));
      if (head !== undefined) assert.deepEqual(decodeHead(encodeHead(head)), head);
    }),
  );
});

test('the head of a module that sends JSON takes few bytes', () => {
  const properties = [
    ['$.ct', 'application/json'],
    ['$.ce', 'utf-8'],
  ] as const;
  assert.equal(encodeHead({ output: 'telemetry', properties }).length, 13);
});

test.run();
