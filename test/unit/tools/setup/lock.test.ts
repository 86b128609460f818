import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../../../lib/suite.ts';
import { load, withFolder, write } from './folder.ts';

const { withLock } = await load<{
  withLock(folder: string, onWait: (pid: number) => void, body: () => unknown): Promise<unknown>;
}>('lock.mjs');

const test = suite('set-up lock');
const NO_PROCESS = 2 ** 22 + 1; // above the largest pid of Linux
const unexpected = (pid: number): never => assert.fail(`waits for ${pid}`);

test('one works at a time, the others wait and say for whom', async () => {
  await withFolder({}, async (root) => {
    const folder = join(root, '.cache/lock');
    let inside = 0;
    const waited: number[] = [];
    const work = () =>
      withLock(
        folder,
        (pid) => waited.push(pid),
        async () => {
          inside++;
          assert.equal(inside, 1);
          await new Promise((resolve) => setTimeout(resolve, 30));
          inside--;
        },
      );
    await Promise.all([work(), work(), work()]);
    assert.ok(waited.length >= 1 && waited.every((pid) => pid === process.pid));
    assert.ok(!existsSync(folder));
  });
});

test('returns what the body returns, and is given back when the body fails', async () => {
  await withFolder({}, async (root) => {
    const folder = join(root, 'lock');
    assert.equal(await withLock(folder, unexpected, () => 7), 7);
    await assert.rejects(
      withLock(folder, unexpected, () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.ok(!existsSync(folder));
  });
});

test('the lock of a process that is gone is taken over, also by several at once', async () => {
  await withFolder({}, async (root) => {
    const folder = join(root, 'lock');
    mkdirSync(folder);
    write(root, 'lock/pid', String(NO_PROCESS));
    let runs = 0;
    await Promise.all(
      [1, 2, 3].map(() =>
        withLock(
          folder,
          () => {},
          () => runs++,
        ),
      ),
    );
    assert.equal(runs, 3);
  });
});

test('a lock without a name is taken over once it is old', async () => {
  await withFolder({}, async (root) => {
    const folder = join(root, 'lock');
    mkdirSync(folder);
    const old = new Date(Date.now() - 60_000);
    utimesSync(folder, old, old);
    assert.equal(await withLock(folder, unexpected, () => 1), 1);
  });
});

test.run();
