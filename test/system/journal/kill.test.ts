import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Journal } from '../../../host/src/journal/index.ts';
import { assert, report, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';

const test = suite('a journal whose process is killed', {
  timeoutMs: 60_000 + 15_000 * Number(process.env['GATEHOUSE_KILL_ROUNDS'] ?? 10),
});
const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url));
const ROUNDS = Number(process.env['GATEHOUSE_KILL_ROUNDS'] ?? 10);
const RUN_MAX_MS = 400;
const NAMES = ['a', 'b', 'c'];

/** Lets a writer work for a while, and kills it. What it said last may be half a line. */
async function writeAndKill(folder: string, from: number, ms: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', WRITER, folder, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await until('the writer to write', () => said.includes('\nd '), 60_000);
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill('SIGKILL');
  await ended;
  return said.slice(0, said.lastIndexOf('\n')).split('\n');
}

test(`${ROUNDS} times, at any moment: all that was durable and not settled is there, in order, and the lock is gone`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-kill-'));
  const durable = new Map<string, Set<number>>(NAMES.map((name) => [name, new Set()]));
  const epochs = new Set<number>();
  let [from, repeated] = [0, 0];
  const settled = new Set<string>();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const line of await writeAndKill(folder, from, Math.random() * RUN_MAX_MS)) {
        const [kind, name, number] = line.split(' ');
        assert.notEqual(kind, 'problem', line);
        if (kind === 'epoch') assert.ok(!epochs.has(Number(name)) && epochs.add(Number(name)));
        else if (kind === 'd') durable.get(name!)!.add(Number(number));
        else {
          durable.get(name!)!.delete(Number(number));
          settled.add(`${name} ${number}`);
        }
        if (kind === 'd') from = Math.max(from, Number(number) + 1);
      }
      // Beyond what it may have appended without saying so.
      from += 1_000;
      const found = await readAll(folder);
      for (const [name, numbers] of found) {
        const sorted = [...new Set(numbers)].sort((a, b) => a - b);
        assert.deepEqual(numbers, sorted, `round ${round}: ${name} is in order, each once`);
        const missing = [...durable.get(name)!].filter((number) => !sorted.includes(number));
        assert.deepEqual(missing, [], `round ${round}: ${name}`);
        repeated += numbers.filter((number) => settled.has(`${name} ${number}`)).length;
      }
    }
    report(`killed ${ROUNDS} times after ${from - 1_000 * ROUNDS} messages; ${repeated} settled ones came again`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Numbers that another process finds, by name; nothing is settled by looking. */
async function readAll(folder: string): Promise<Map<string, number[]>> {
  const journal = await Journal.open({
    folder,
    // Nothing is settled, so all of it has to have room.
    queue: { keepFreeBytes: 0, windowBytes: 2 ** 30 },
    events: { ready: () => {}, problem: (error) => assert.fail(error.message), recovered: () => {} },
  });
  const queue = journal.queue(1);
  const found = new Map<string, number[]>();
  let left = queue.counters.depth;
  for (const name of NAMES) found.set(name, []);
  await until('all messages', () => {
    for (const name of NAMES)
      for (
        let next = queue.take(queue.outbox(name), 1e9);
        next !== undefined;
        next = queue.take(queue.outbox(name), 1e9)
      ) {
        found.get(name)!.push(Number(next.body.toString()));
        left--;
      }
    return left === 0;
  });
  await journal.close();
  return found;
}

test.run();
