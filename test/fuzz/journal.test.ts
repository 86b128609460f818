import fc from 'fast-check';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { FOLDER, JournalRig } from '../lib/journal-rig.ts';
import { PowerCutStorage } from '../lib/power-cut-storage.ts';
import { assert, suite } from '../lib/suite.ts';

const test = suite('fuzzed journal folders', { timeoutMs: FUZZ_DEADLINE_MS });
const OPTIONS = { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS };
const COUNT = 80;

/** A folder with segments, a cursor and a boot file, as a process left it that was killed. */
async function leftover(): Promise<ReadonlyMap<string, Buffer>> {
  const rig = await JournalRig.open({ queue: { segmentBytes: 4_096, cursorMs: 1_000 } });
  for (let n = 0; n < COUNT; n++) rig.append(`${n}`.padEnd(120), { name: n % 3 === 0 ? 'b' : 'a' });
  await rig.durable();
  for (let n = 0; n < 6; n++) {
    const { sequence } = rig.queue.take(rig.outbox(), 1e9)!;
    rig.queue.settle(rig.outbox(), sequence);
  }
  await rig.environment.pass(3_000);
  const files = rig.storage.files();
  await rig.close();
  return files;
}

type Mutation =
  | { readonly kind: 'overwrite' | 'insert'; readonly file: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cut' | 'remove' | 'double'; readonly file: number; readonly at: number }
  | { readonly kind: 'swap'; readonly file: number; readonly at: number }
  | { readonly kind: 'new'; readonly name: string; readonly bytes: Uint8Array };

const file = fc.nat(20);
const at = fc.double({ min: 0, max: 1, noNaN: true });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('overwrite' as const, 'insert' as const), file, at, bytes }),
  fc.record({ kind: fc.constantFrom('cut' as const, 'remove' as const, 'double' as const), file, at }),
  fc.record({ kind: fc.constant('swap' as const), file, at }),
  fc.record({
    kind: fc.constant('new' as const),
    name: fc.constantFrom(
      'boot',
      'boot.new',
      'queue-3/cursor',
      'queue-3/x',
      'queue-0/cursor',
      'queue-4',
      `queue-3/${'0'.repeat(14)}-${'f'.repeat(14)}-${'0'.repeat(8)}.segment`,
    ),
    bytes,
  }),
);

function mutate(files: Map<string, Buffer>, change: Mutation): void {
  if (change.kind === 'new') {
    files.set(`${FOLDER}/${change.name}`, Buffer.from(change.bytes));
    return;
  }
  const paths = [...files.keys()];
  const path = paths[change.file % paths.length];
  if (path === undefined) return;
  const content = Buffer.from(files.get(path)!);
  const offset = Math.floor(change.at * content.length);
  if (change.kind === 'overwrite') content.set(change.bytes.subarray(0, content.length - offset), offset);
  const [front, back] = [content.subarray(0, offset), content.subarray(offset)];
  if (change.kind === 'remove') files.delete(path);
  else if (change.kind === 'cut') files.set(path, front);
  else if (change.kind === 'insert') files.set(path, Buffer.concat([front, change.bytes, back]));
  else if (change.kind === 'double') files.set(path, Buffer.concat([content, back]));
  else if (change.kind === 'swap') {
    const other = paths[Math.floor(change.at * (paths.length - 1))]!;
    files.set(path, files.get(other)!);
    files.set(other, content);
  } else files.set(path, content);
}

test('whatever is in the folder, the journal opens, gives only what was put in, in order, and works', async () => {
  const files = await leftover();
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), async (changes) => {
      const changed = new Map(files);
      for (const change of changes) mutate(changed, change);
      const storage = new PowerCutStorage();
      // A file may be where a folder should be, and the other way round; the first one counts.
      for (const [path, content] of changed) if (path !== `${FOLDER}/queue-4`) storage.put(path, content);
      const rig = await JournalRig.open({ storage });
      for (const name of ['a', 'b']) {
        const numbers = (await rig.takeAll(name, { settles: true })).map((text) => {
          assert.equal(text, `${Number(text)}`.padEnd(120));
          return Number(text);
        });
        assert.deepEqual(
          numbers,
          [...new Set(numbers)].sort((a, b) => a - b),
        );
        for (const number of numbers) assert.ok(number < COUNT && (number % 3 === 0) === (name === 'b'));
      }
      for (const { code } of rig.problems) assert.equal(code, 'JOURNAL_DAMAGED');
      await rig.store('new');
      // What was settled may come again, in front of it.
      assert.equal((await (await rig.afterCut()).takeAll()).at(-1), 'new');
      await rig.close();
    }),
    OPTIONS,
  );
});

test.run();
