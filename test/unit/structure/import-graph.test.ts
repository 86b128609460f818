import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../../lib/suite.ts';

const test = suite('import graph');
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/g;

/** Which part of the repository may use which other one. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  host: [],
  sdk: [],
  'modules-as': ['sdk'],
  tools: ['host'],
};

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|mjs)$/.test(path) && !/(^|\/)(node_modules|dist|build|test|test-lib)\//.test(path))
    .map((path) => join(folder, path));
}

/** Import specifiers of a file, types included. */
function importsOf(file: string): string[] {
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].map((match) => match[1] as string);
}

/** The workspace a specifier leads to, or undefined for packages and Node's own. */
function workspaceOf(specifier: string, file: string): string | undefined {
  const scoped = /^@gatehouse\/([^/]+)/.exec(specifier)?.[1];
  if (scoped !== undefined) return scoped === 'modules' ? 'modules-as' : scoped;
  if (!specifier.startsWith('.')) return undefined;
  return relative(ROOT, resolve(ROOT, dirname(file), specifier)).split('/')[0];
}

for (const [workspace, allowed] of Object.entries(MAY_IMPORT)) {
  test(`${workspace} uses ${allowed.length === 0 ? 'no other part' : `only ${allowed.join(', ')}`}`, () => {
    const files = sourcesBelow(workspace);
    assert.ok(files.length > 5, `${files.length} files found`);
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .map((specifier) => ({ specifier, target: workspaceOf(specifier, file) }))
        .filter(({ target }) => target !== undefined && target !== workspace && !allowed.includes(target))
        .map(({ specifier }) => `${file} -> ${specifier}`),
    );
    assert.deepEqual(wrong, []);
  });
}

test('the cell reaches no sockets, files, keys or environment: of Node only threads, the clock, UTF-8 and the kind of machine', () => {
  const seen = new Set<string>();
  const outside = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
        assert.ok(existsSync(join(ROOT, target)), `${file} -> ${specifier}`);
        visit(target);
      } else outside.add(specifier);
    }
  };
  visit('host/src/cell/main.ts');
  assert.ok(seen.size > 40, `${seen.size} files reached`);
  assert.deepEqual([...outside].sort(), ['node:buffer', 'node:os', 'node:process', 'node:worker_threads']);
  for (const file of seen) assert.ok(!/\bprocess\.[a-z]|\bfetch\(/.test(readFileSync(join(ROOT, file), 'utf8')), file);
});

test('the host uses no package but those it declares: its bundle holds them, or they are loaded when a device needs them', () => {
  const { devDependencies, optionalDependencies, dependencies } = JSON.parse(
    readFileSync(join(ROOT, 'host/package.json'), 'utf8'),
  ) as {
    devDependencies: Record<string, string>;
    optionalDependencies: Record<string, string>;
    dependencies?: Record<string, string>;
  };
  assert.equal(dependencies, undefined, 'nothing is installed beside the bundle');
  const sources = sourcesBelow('host/src').filter((file) => !file.endsWith('from-source.mjs'));
  const used = sources
    .flatMap(importsOf)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)![0]);
  assert.deepEqual([...new Set(used)].sort(), Object.keys({ ...devDependencies, ...optionalDependencies }).sort());
  for (const name of Object.keys(optionalDependencies)) {
    const loaded = new RegExp(`(?:^|\\n)import (?!type )[^;]*'${name}'`);
    const early = sources.filter((file) => loaded.test(readFileSync(join(ROOT, file), 'utf8')));
    assert.deepEqual(early, [], `${name} need not be installed`);
  }
});

test.run();
