import { tmpdir } from 'node:os';
import { type DiskSpace, DiskWatch } from '../../../../host/src/health/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('the room on a disk');

test('is what the system says', async () => {
  const disk = new DiskWatch(tmpdir());
  await disk.refresh();
  const { freeBytes, totalBytes } = disk.look() as DiskSpace;
  assert.ok(freeBytes > 0 && freeBytes < totalBytes && Number.isInteger(freeBytes));
});

test('a disk that does not answer is asked once, and nobody waits for it', async () => {
  let now = 0;
  const answers: ((space: DiskSpace) => void)[] = [];
  const disk = new DiskWatch(
    '/',
    () => now,
    () => new Promise((resolve) => answers.push(resolve)),
  );
  assert.equal(disk.look(), undefined);
  now = 100_000;
  assert.equal(disk.look(), undefined);
  assert.equal(answers.length, 1);
  answers[0]?.({ freeBytes: 1, totalBytes: 2 });
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(disk.look(), { freeBytes: 1, totalBytes: 2 });
  assert.equal(answers.length, 2, 'what is old is asked for anew');
});

test('of a folder that is gone nothing is known', async () => {
  const disk = new DiskWatch('/nowhere/at/all');
  await disk.refresh();
  assert.equal(disk.look(), undefined);
});

test.run();
