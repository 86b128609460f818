import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../../test/lib/suite.ts';
import { compileExamples, type Example } from './lib/example-compiler.ts';

const test = suite('sdk examples', { timeoutMs: 60_000 });
const repository = fileURLToPath(new URL('../../', import.meta.url));

const METHOD = /^ {2}(?:export function |static )?(?!if|for|while|switch|constructor)([a-z]\w*)(?:<T>)?\(.*\{$/gm;
const INTERNAL = new Set(['sdk/assembly/modbus/modbus-reading.ts: blockAt']);

/** Blocks marked `ts`, in Markdown or in doc comments. */
function examplesOf(file: string): Example[] {
  const text = readFileSync(join(repository, file), 'utf8');
  return [...text.matchAll(/^([ *]*)```ts\n(.*?)^[ *]*```$/gms)].map(({ index, 1: margin, 2: source }) => ({
    place: `${file}:${text.slice(0, index).split('\n').length}`,
    source: source!
      .split('\n')
      .map((line) => line.slice(Math.min(margin!.length, line.length)))
      .join('\n'),
  }));
}

const sources = readdirSync(join(repository, 'sdk/assembly'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('sdk/assembly', file))
  .sort();
const examples = [...sources, 'docs/sdk.md'].flatMap(examplesOf);

test('every example compiles', async () => assert.equal(await compileExamples(examples), ''));

test('an example with a mistake does not compile', async () => {
  const wrong = `import { log, Module, Start } from '@gatehouse/sdk';\nclass A extends Module { onStart(start: Start): void { log.info(5); } }`;
  const said = await compileExamples([...examples.slice(0, 2), { place: 'docs/wrong.md:7', source: wrong }]);
  assert.match(said, /TS2322[\s\S]*docs-wrong\.md-7\.ts\(/);
});

test('everything that the SDK exports is documented and used in an example', () => {
  const exported = [
    ...readFileSync(join(repository, 'sdk/assembly/index.ts'), 'utf8').matchAll(/\{([^}]+)\}/g),
  ].flatMap(([, names]) => names!.split(',').map((name) => name.trim()));
  const text = sources.map((file) => readFileSync(join(repository, file), 'utf8')).join('\n');
  const all = examples.map(({ source }) => source).join('\n');
  for (const name of exported.filter((part) => part !== '')) {
    const declaration = `export (?:const enum|class|namespace|function) ${name}\\b`;
    assert.match(text, new RegExp(`\\*/\\n(?:@unmanaged\\n)?${declaration}`), `${name} has no doc comment`);
    assert.match(all, new RegExp(`\\b${name}\\b`), `${name} is in no example`);
  }
});

test('every public method is called in an example', () => {
  const all = examples.map(({ source }) => source).join('\n');
  const exported = readFileSync(join(repository, 'sdk/assembly/index.ts'), 'utf8');
  const unused = sources
    .filter(
      (file) => exported.includes(`'./${file.slice('sdk/assembly/'.length, -3)}'`) && !/handlers|module\.ts/.test(file),
    )
    .flatMap((file) =>
      [...readFileSync(join(repository, file), 'utf8').matchAll(METHOD)].map(([, name]) => `${file}: ${name}`),
    )
    .filter((method) => !new RegExp(`\\.${method.split(' ')[1]}\\(`).test(all) && !INTERNAL.has(method));
  assert.deepEqual(unused, []);
});

test('every public function and method has a doc comment', () => {
  const declaration =
    /^export (?:function|class|namespace|const enum) |^ {2}(?:export function |static |get |[a-z]\w*(?:<T>)?\().*\{\}?$/;
  const statement = /^ {2}(?:if|for|while|switch) /;
  const bare = sources
    .filter((file) => !file.includes('imports') && !file.endsWith('handlers.ts'))
    .flatMap((file) => {
      const lines = readFileSync(join(repository, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '@unmanaged');
      return lines
        .filter((line, index) => declaration.test(line) && !statement.test(line) && !lines[index - 1]!.endsWith('*/'))
        .map((line) => `${file}: ${line.trim()}`);
    });
  assert.deepEqual(bare, []);
});

test.run();
