import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../../test/lib/suite.ts';
import {
  appendCustomSection,
  buildModules,
  CompilerError,
  compileAssembly,
  moduleNames,
} from '../../tools/src/module-build/index.ts';

const test = suite('module build', { timeoutMs: 120_000 });
const root = fileURLToPath(new URL('build', import.meta.url));

const MODULE = `import { log, Message, Module, run } from '@gatehouse/sdk';
import { NAME } from './name';
export * from '@gatehouse/sdk/entry';
class A extends Module { onMessage(message: Message): void { BODY } }
run(new A());
`;

/** Runs a piece of work in a folder of its own that holds an entry file with that handler. */
async function withEntry(body: string, work: (entry: string, folder: string) => Promise<void>): Promise<void> {
  mkdirSync(root, { recursive: true });
  const folder = mkdtempSync(join(root, 'module-'));
  try {
    writeFileSync(join(folder, 'index.ts'), MODULE.replace('BODY', body));
    writeFileSync(join(folder, 'name.ts'), `export const NAME: string = 'first';\n`);
    await work(join(folder, 'index.ts'), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a second build of a module compiles nothing', async () => {
  await buildModules(['forward']);
  const [again] = await buildModules(['forward']);
  const { mtimeMs } = statSync(again!.file);
  assert.equal(again!.built, false);
  const [third] = await buildModules(['forward']);
  assert.equal(third!.built, false);
  assert.equal(statSync(third!.file).mtimeMs, mtimeMs);
});

test('two builds of a module at the same time yield one description in the file', async () => {
  mkdirSync(root, { recursive: true });
  const folder = mkdtempSync(join(root, 'twice-'));
  try {
    const build = () => buildModules(['forward'], undefined, folder);
    const [[first], [second]] = await Promise.all([build(), build()]);
    assert.deepEqual([first!.built, second!.built], [true, true]);
    const module = new WebAssembly.Module(readFileSync(first!.file));
    assert.equal(WebAssembly.Module.customSections(module, 'gatehouse.manifest').length, 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every folder with a description is a module', () => {
  assert.ok(moduleNames().includes('forward'));
});

test('a fixture is compiled again when a file that it imports changes, and only then', async () => {
  await withEntry('log.info(NAME);', async (entry, folder) => {
    const first = await compileAssembly(entry);
    const files = readdirSync(join(folder, 'build'));
    assert.deepEqual(await compileAssembly(entry), first);
    assert.deepEqual(readdirSync(join(folder, 'build')), files);
    writeFileSync(join(folder, 'name.ts'), `export const NAME: string = 'second';\n`);
    const second = await compileAssembly(entry);
    assert.notDeepEqual(second, first);
    writeFileSync(join(folder, 'name.ts'), `export const NAME: string = 'first';\n`);
    assert.deepEqual(await compileAssembly(entry), first);
  });
});

test('what is older than a day goes from the cache when something new comes in', async () => {
  await withEntry('log.info(NAME);', async (entry, folder) => {
    mkdirSync(join(folder, 'build'));
    for (const [name, ageHours] of [
      ['index-old.release.wasm', 25],
      ['index-new.release.wasm', 23],
      ['other-old.release.wasm', 25],
    ] as const) {
      const file = join(folder, 'build', name);
      writeFileSync(file, '');
      const seconds = Date.now() / 1000 - ageHours * 3600;
      utimesSync(file, seconds, seconds);
    }
    await compileAssembly(entry);
    const left = readdirSync(join(folder, 'build')).map((name) => name.replace(/-[0-9a-f]{16}/, '-HASH'));
    assert.deepEqual(left.sort(), ['index-HASH.release.wasm', 'index-new.release.wasm', 'other-old.release.wasm']);
  });
});

test('an error of the compiler says file, line and column', async () => {
  await withEntry('log.info(5);', async (entry) => {
    await assert.rejects(compileAssembly(entry), (error: unknown) => {
      assert.ok(error instanceof CompilerError);
      assert.match(error.message, /index\.ts\(4,71\)/);
      return true;
    });
  });
});

for (const [body, reason] of [
  ['log.info(Math.random().toString());', /env\.seed: Math\.random needs randomness/],
  ['log.info(Date.now().toString());', /env\.Date\.now: .*clock\.time/],
  ['trace("here");', /env\.trace: .*log\.debug/],
  ['console.log("here");', /env\.console\.log: .*use log/],
] as const) {
  test(`[ABI-1.5] a module is refused that uses ${body}`, async () => {
    await withEntry(body, async (entry) => {
      await assert.rejects(
        compileAssembly(entry),
        (error: unknown) => error instanceof CompilerError && reason.test(error.message),
      );
    });
  });
}

test('[ABI-1.6] a custom section of any length is found again', () => {
  const empty = Buffer.from('0061736d01000000', 'hex');
  for (const length of [0, 1, 107, 108, 109, 127, 128, 16_383, 65_536]) {
    const wasm = appendCustomSection(empty, 'gatehouse.manifest', Buffer.alloc(length, 7));
    const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(wasm), 'gatehouse.manifest');
    assert.deepEqual(Buffer.from(section!), Buffer.alloc(length, 7));
  }
});

test.run();
