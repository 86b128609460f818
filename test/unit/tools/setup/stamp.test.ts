import { existsSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../../../lib/suite.ts';
import { load, withFolder, write } from './folder.ts';

interface Step {
  name: string;
  title: string;
  inputs: string[];
  outputs: () => string[];
  run: (root: string) => unknown;
}
const { isUpToDate, runStep } = await load<{
  isUpToDate(root: string, step: Step): boolean;
  runStep(root: string, step: Step): Promise<void>;
}>('stamp.mjs');

const test = suite('set-up steps');

const step: Step = {
  name: 'copy',
  title: 'copying',
  inputs: ['src', 'settings.json'],
  outputs: () => ['out/file'],
  run: (root) => write(root, 'out/file', 'made'),
};

/** Runs the step, changes something, and says whether the step has nothing to do. */
async function afterChange(change: (root: string) => void): Promise<boolean> {
  let result: boolean | undefined;
  await withFolder({ 'src/a.ts': 'a', 'src/b/c.ts': 'c', 'settings.json': '{}' }, async (root) => {
    assert.equal(isUpToDate(root, step), false, 'a fresh checkout has everything to do');
    await runStep(root, step);
    assert.equal(isUpToDate(root, step), true, 'done is done');
    change(root);
    result = isUpToDate(root, step);
  });
  return result!;
}

const CHANGES: readonly [string, boolean, (root: string) => void][] = [
  ['nothing', true, () => {}],
  ['a changed file', false, (root) => write(root, 'src/b/c.ts', 'd')],
  ['a new file', false, (root) => write(root, 'src/new.ts', '')],
  ['a removed file', false, (root) => rmSync(join(root, 'src/a.ts'))],
  ['a renamed file', false, (root) => renameSync(join(root, 'src/a.ts'), join(root, 'src/z.ts'))],
  ['a changed single file', false, (root) => write(root, 'settings.json', '{ }')],
  ['a missing output', false, (root) => rmSync(join(root, 'out/file'))],
  ['a lost stamp', false, (root) => rmSync(join(root, '.cache'), { recursive: true })],
  ['the same content with a new time', true, (root) => utimesSync(join(root, 'src/a.ts'), new Date(), new Date())],
  ['a file elsewhere', true, (root) => write(root, 'other/a.ts', 'x')],
  ['a file that a build made inside', true, (root) => write(root, 'src/build/x.js', 'x')],
  ['an installed package inside', true, (root) => write(root, 'src/node_modules/p/index.js', 'x')],
  ['a test inside', true, (root) => write(root, 'src/test/x.test.ts', 'x')],
];

for (const [what, isNothingToDo, change] of CHANGES) {
  test(`${what} ${isNothingToDo ? 'leaves a step up to date' : 'makes a step run again'}`, async () => {
    assert.equal(await afterChange(change), isNothingToDo);
  });
}

test('content that moves from one file to the next is a change', async () => {
  await withFolder({ 'src/a.ts': 'xy', 'src/b.ts': '', 'settings.json': '' }, async (root) => {
    await runStep(root, step);
    write(root, 'src/a.ts', 'x');
    write(root, 'src/b.ts', 'y');
    assert.equal(isUpToDate(root, step), false);
  });
});

test('a step that fails runs again, and so does one that did not make what it promised', async () => {
  await withFolder({ 'src/a.ts': 'a' }, async (root) => {
    await runStep(root, step);
    await assert.rejects(runStep(root, { ...step, run: () => Promise.reject(new Error('broken')) }), /broken/);
    assert.equal(isUpToDate(root, step), false);
    rmSync(join(root, 'out'), { recursive: true });
    await assert.rejects(runStep(root, { ...step, run: () => {} }), /copying did not make out\/file/);
    assert.equal(isUpToDate(root, step), false);
  });
});

test('what changes while a step runs makes it run again', async () => {
  await withFolder({ 'src/a.ts': 'a' }, async (root) => {
    await runStep(root, {
      ...step,
      run: () => {
        write(root, 'out/file', 'made');
        write(root, 'src/a.ts', 'changed meanwhile');
      },
    });
    assert.equal(isUpToDate(root, step), false);
    assert.ok(existsSync(join(root, 'out/file')));
  });
});

test.run();
