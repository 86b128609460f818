import { JournalRig, rest, VirtualJournalEnvironment } from '../../lib/journal-rig.ts';
import type { Cut, PowerCutStorage } from '../../lib/power-cut-storage.ts';
import { assert, report, suite } from '../../lib/suite.ts';

const test = suite('power cuts', { timeoutMs: 300_000 });
const NAMES = ['a', 'b', 'c'];
const QUEUE = { segmentBytes: 4_096, cursorMs: 1_000, windowBytes: 4_000 };
const STEPS = 50;
const REORDERINGS = 2;

/** What was promised at a moment, and the disk of that moment. */
interface Moment {
  readonly disk: PowerCutStorage;
  /** Texts that were said to be durable and whose acknowledgement had not begun, by name in their order. */
  readonly durable: ReadonlyMap<string, readonly string[]>;
  /** All ids given out. */
  readonly ids: ReadonlySet<number>;
  readonly epoch: number;
}

/** A workload of appends, commits, acknowledgements and cursor writes; `seen` is called in front of every change to the disk. */
async function work(seed: number, commitMessages = 1_000): Promise<Moment[]> {
  const environment = new VirtualJournalEnvironment(seed);
  const rig = await JournalRig.open({ environment, queue: { ...QUEUE, commitMessages } });
  const moments: Moment[] = [];
  const durable = new Map<string, string[]>(NAMES.map((name) => [name, []]));
  const ids = new Set<number>();
  rig.storage.onChange = () => {
    const copy = new Map([...durable].map(([name, texts]) => [name, [...texts]]));
    moments.push({ disk: rig.storage.snapshot(), durable: copy, ids: new Set(ids), epoch: rig.journal.epoch });
  };
  const dice = new VirtualJournalEnvironment(seed + 1);
  const roll = (sides: number) => Math.floor(dice.random48() / 2 ** 10) % sides;
  let count = 0;
  for (let step = 0; step < STEPS; step++) {
    const appended: { name: string; text: string }[] = [];
    for (let n = roll(6); n >= 0; n--) {
      const name = NAMES[roll(NAMES.length)]!;
      const text = `${name} ${count++} `.padEnd(20 + roll(400), 'x');
      ids.add(rig.append(text, { name }));
      appended.push({ name, text });
    }
    const committed = rig.queue.whenDurable().then(({ kind }) => {
      assert.equal(kind, 'durable');
      // From this moment on it must be there.
      for (const { name, text } of appended) durable.get(name)!.push(text);
    });
    await environment.pass(50);
    await committed;
    if (step % 3 === 0) {
      for (let n = roll(12); n > 0; n--) {
        const name = NAMES[roll(NAMES.length)]!;
        const departure = rig.queue.take(rig.outbox(name), 1e9);
        if (departure === undefined) {
          await rest(3);
          continue;
        }
        // From here on it may be gone.
        assert.equal(durable.get(name)!.shift(), departure.body.toString());
        rig.queue.settle(rig.outbox(name), departure.sequence);
      }
      await environment.pass(1_100);
    }
  }
  await rig.close();
  return moments;
}

/** Opens what is left, and holds it against what was promised. */
async function examine(moment: Moment, cut: Cut, what: string): Promise<void> {
  const environment = new VirtualJournalEnvironment(99);
  const rig = await JournalRig.open({ storage: moment.disk.cut(cut), environment, queue: QUEUE });
  assert.notEqual(rig.journal.epoch, moment.epoch, what);
  for (const name of NAMES) {
    const texts = await rig.takeAll(name, { settles: true });
    const promised = moment.durable.get(name)!;
    const numbers = texts.map((text) => Number(text.split(' ')[1]));
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
      `${what}: ${name} is in order, each once`,
    );
    // More may have survived: what was settled, and what was not yet acknowledged.
    const survived = new Set(texts);
    for (const text of promised) assert.ok(survived.has(text), `${what}: ${text.slice(0, 12)} is missing`);
  }
  const sequence = rig.append('new');
  assert.ok(!moment.ids.has(sequence), `${what}: sequence ${sequence} is used again`);
  await rig.durable();
  assert.deepEqual(await (await rig.afterCut()).takeAll('a'), ['new'], what);
  rig.journal.close(0);
}

test('whatever a power cut leaves, the journal opens, nothing durable is missing, the order holds and no id comes twice', async () => {
  const moments = [...(await work(7)), ...(await work(8, 3))];
  let cuts = 0;
  for (const [index, moment] of moments.entries()) {
    const dice = new VirtualJournalEnvironment(index + 1);
    const isHeads = () => dice.random48() % 2 ** 20 < 2 ** 19;
    const someBytes = (bytes: number) => (isHeads() ? (isHeads() ? bytes : dice.random48() % (bytes + 1)) : 0);
    const choices: [string, Cut][] = [
      ['lost', { keepsName: () => false, keptBytes: () => 0 }],
      ['names only', { keepsName: () => true, keptBytes: () => 0 }],
      ['all', { keepsName: () => true, keptBytes: (bytes) => bytes }],
    ];
    for (let n = 0; n < REORDERINGS; n++)
      choices.push([`reordered ${n}`, { keepsName: isHeads, keptBytes: someBytes }]);
    for (const [kind, cut] of choices) {
      await examine(moment, cut, `change ${index}, ${kind}`);
      cuts++;
    }
  }
  report(`${moments.length} moments, ${cuts} cuts`);
  assert.ok(cuts >= 1_500, `${cuts}`);
});

test('a write that is torn at any byte loses nothing of what was durable before it', async () => {
  const moments = (await work(11)).slice(0, 200);
  let cuts = 0;
  for (const [index, moment] of moments.entries()) {
    const longest = longestUnsynced(moment);
    if (longest === 0 || cuts > 1_500) continue;
    for (let kept = 1; kept < longest; kept++, cuts++) {
      const cut: Cut = {
        keepsName: () => true,
        keptBytes: (bytes, isLast) => (isLast ? Math.min(kept, bytes) : bytes),
      };
      await examine(moment, cut, `change ${index}, torn at ${kept}`);
    }
  }
  report(`torn at ${cuts} bytes`);
  assert.ok(cuts >= 1_500, `${cuts}`);
});

/** Bytes of the longest write that was not synced. */
function longestUnsynced({ disk }: Moment): number {
  let longest = 0;
  disk.cut({
    keepsName: () => true,
    keptBytes: (bytes) => {
      longest = Math.max(longest, bytes === 1 ? 0 : bytes);
      return bytes;
    },
  });
  return longest;
}

test.run();
