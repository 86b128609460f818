import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../../../lib/suite.ts';
import { load, withFolder } from './folder.ts';

const { install, isInstalled } = await load<{
  install(root: string): Promise<void>;
  isInstalled(root: string): boolean;
}>('install.mjs');
const { NODE_MIN, nodeVersionProblem } = await load<{
  NODE_MIN: string;
  nodeVersionProblem(version: string): string | undefined;
}>('node-version.mjs');

const test = suite('set-up of dependencies');

type Packages = Record<string, Record<string, unknown>>;
const LOCK: Packages = {
  '': { name: 'gatehouse' },
  host: { version: '0.1.0' },
  'node_modules/@gatehouse/host': { resolved: 'host', link: true },
  'node_modules/mqtt': { version: '5.16.0', resolved: 'https://packages.example/mqtt', integrity: 'sha512-a' },
  'node_modules/@esbuild/aix-ppc64': { version: '0.28.2', integrity: 'sha512-b', optional: true },
};
const { '': _root, 'node_modules/@esbuild/aix-ppc64': _other, ...INSTALLED } = LOCK;

async function verdict(present: Packages | undefined, lock: Packages | string = LOCK): Promise<boolean> {
  let result: boolean | undefined;
  const files = {
    'package-lock.json': typeof lock === 'string' ? lock : JSON.stringify({ packages: lock }),
    ...(present === undefined ? {} : { 'node_modules/.package-lock.json': JSON.stringify({ packages: present }) }),
  };
  await withFolder(files, (root) => {
    result = isInstalled(root);
  });
  return result!;
}

test('this checkout is installed', () => {
  assert.equal(isInstalled(fileURLToPath(new URL('../../../..', import.meta.url))), true);
});

test('nothing installed, half installed and another version installed all ask for an installation', async () => {
  assert.equal(await verdict(INSTALLED), true);
  assert.equal(await verdict(undefined), false);
  assert.equal(await verdict({}), false);
  const { 'node_modules/mqtt': mqtt, ...rest } = INSTALLED;
  assert.equal(await verdict(rest), false);
  assert.equal(await verdict({ ...rest, 'node_modules/mqtt': { ...mqtt, version: '5.15.0' } }), false);
  assert.equal(await verdict({ ...rest, 'node_modules/mqtt': { ...mqtt, integrity: 'sha512-z' } }), false);
  const { 'node_modules/@gatehouse/host': _link, ...unlinked } = INSTALLED;
  assert.equal(await verdict(unlinked), false);
});

test('packages for other platforms may be absent, packages nobody asked for may be present', async () => {
  assert.equal(await verdict({ ...INSTALLED, 'node_modules/extra': { version: '1.0.0' } }), true);
});

test('a lock file that cannot be read is an error, not an installation', async () => {
  await assert.rejects(verdict(INSTALLED, '{ "packages":'), /package-lock.json cannot be read/);
});

test('installs by the npm that runs the script, from the lock file, with development tools', async () => {
  const npm =
    "require('node:fs').writeFileSync('asked', process.argv.slice(2).join(' ')); process.exitCode = Number(process.env.NPM_FAILS ?? 0);";
  const before = process.env['npm_execpath'];
  await withFolder({ 'bin/npm-cli.js': npm }, async (root) => {
    process.env['npm_execpath'] = join(root, 'bin/npm-cli.js');
    try {
      await install(root);
      assert.match(readFileSync(join(root, 'asked'), 'utf8'), /^ci --include=dev /);
      process.env['NPM_FAILS'] = '1';
      await assert.rejects(install(root), /npm-cli\.js ci .* ended with exit code 1; its output is above/);
    } finally {
      delete process.env['NPM_FAILS'];
      if (before === undefined) delete process.env['npm_execpath'];
      else process.env['npm_execpath'] = before;
    }
  });
});

test('an older Node is told which one is needed, newer ones pass', () => {
  for (const old of ['12.22.12', '18.20.0', '20.18.3', '20.9.0']) {
    assert.match(nodeVersionProblem(old) ?? '', new RegExp(`needs Node ${NODE_MIN} or later, this is ${old}`));
  }
  for (const fine of ['20.19.0', '20.20.2', '22.1.0', '24.0.0', '30.0.0-nightly'])
    assert.equal(nodeVersionProblem(fine), undefined);
  const { engines } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'));
  assert.equal(engines.node, `>=${NODE_MIN.replace(/\.0$/, '')}`);
});

test.run();
