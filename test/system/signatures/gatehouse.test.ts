import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { BUILT_MODULES, CommandFolder } from './cli.ts';

const test = suite('the command gatehouse', { timeoutMs: 60_000 });

async function inFolder(body: (folder: CommandFolder) => void): Promise<void> {
  const folder = new CommandFolder();
  try {
    copyFileSync(join(BUILT_MODULES, 'alarm.wasm'), folder.file('alarm.wasm'));
    body(folder);
  } finally {
    folder.remove();
  }
}

test('every command has help with examples, and the list of commands names them all', () =>
  inFolder((folder) => {
    const list = folder.gatehouseDone('--help');
    for (const name of ['keygen', 'sign', 'verify', 'inspect', 'trust sign', 'trust verify']) {
      assert.ok(list.includes(`\n  ${name}`), name);
      const help = folder.gatehouseDone(...name.split(' '), '--help');
      assert.match(help, new RegExp(`^gatehouse ${name} .*\\n[^]*\\nExamples:\\n  gatehouse ${name} `), name);
    }
    assert.match(folder.gatehouseDone('--version'), /^\d+\.\d+\.\d+\n$/);
  }));

test('a wrong command line ends with 2 and says what was expected', () =>
  inFolder((folder) => {
    for (const [args, expected] of [
      [['sing', 'alarm.wasm'], /unknown command "sing"; there are keygen, sign/],
      [['sign', 'alarm.wasm'], /--key is missing/],
      [['sign'], /MODULE is missing/],
      [['sign', 'a', 'b', '--key', 'k'], /expected one MODULE, got 2: a, b/],
      [['verify', 'alarm.wasm'], /--key or --trust is missing/],
      [['verify', 'alarm.wasm', '--trust', 't'], /--trust needs --root-key/],
      [['verify', 'alarm.wasm', '--keys', 't'], /Unknown option '--keys'/],
      [['trust', 'alarm.wasm'], /unknown command "trust alarm.wasm"; there are trust sign, trust verify\n/],
    ] as const) {
      const { code, stderr } = folder.gatehouse(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, expected);
    }
  }));

test('keygen writes a private key for its owner only, and overwrites neither half of a pair', () =>
  inFolder((folder) => {
    const { key, id } = JSON.parse(folder.gatehouseDone('keygen', 'k', '--json')) as Record<string, string>;
    assert.match(key ?? '', /^ed25519:[A-Za-z0-9+/]{43}=$/);
    assert.match(id ?? '', /^[0-9a-f]{16}$/);
    assert.equal(statSync(folder.file('k.key.pem')).mode & 0o777, 0o600);
    const before = readFileSync(folder.file('k.key.pem'), 'utf8');
    assert.match(before, /^-----BEGIN PRIVATE KEY-----\n/);
    assert.match(folder.gatehouse(['keygen', 'k']).stderr, /is not overwritten/);
    assert.equal(readFileSync(folder.file('k.key.pem'), 'utf8'), before);
    copyFileSync(folder.file('k.pub.pem'), folder.file('half.pub.pem'));
    assert.match(folder.gatehouse(['keygen', 'half']).stderr, /half\.pub\.pem is there already/);
    assert.throws(() => statSync(folder.file('half.key.pem')), { code: 'ENOENT' });
  }));

test(
  'openssl reads the keys, and its keys sign',
  () =>
    inFolder((folder) => {
      folder.gatehouseDone('keygen', 'k');
      const shown = folder.bash('openssl pkey -in k.key.pem -pubout | diff - k.pub.pem');
      assert.equal(shown.code, 0, shown.stdout + shown.stderr);
      folder.bash(
        'openssl genpkey -algorithm ed25519 -out o.key.pem && openssl pkey -in o.key.pem -pubout -out o.pub.pem',
      );
      folder.gatehouseDone('sign', 'alarm.wasm', '--key', 'o.key.pem');
      folder.gatehouseDone('verify', 'alarm.wasm', '--key', 'o.pub.pem');
      folder.bash('openssl genpkey -algorithm x25519 -out x.key.pem');
      assert.match(folder.gatehouse(['sign', 'alarm.wasm', '--key', 'x.key.pem']).stderr, /x25519; expected Ed25519/);
    }),
  { needs: [TOOLS.openssl] },
);

test('with a passphrase the private key is encrypted, and signs with it only', () =>
  inFolder((folder) => {
    const env = { GATEHOUSE_PASSPHRASE: 'a long one' };
    assert.equal(folder.gatehouse(['keygen', 'k'], env).code, 0);
    assert.match(readFileSync(folder.file('k.key.pem'), 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const without = folder.gatehouse(['sign', 'alarm.wasm', '--key', 'k.key.pem']);
    assert.equal(without.code, 2);
    assert.match(without.stderr, /needs its passphrase in GATEHOUSE_PASSPHRASE/);
    assert.equal(folder.gatehouse(['sign', 'alarm.wasm', '--key', 'k.key.pem'], env).code, 0);
    folder.gatehouseDone('verify', 'alarm.wasm', '--key', 'k.pub.pem');
  }));

test('a private key that others can read is warned of', () =>
  inFolder((folder) => {
    folder.gatehouseDone('keygen', 'k');
    assert.equal(folder.gatehouse(['sign', 'alarm.wasm', '--key', 'k.key.pem']).stderr, '');
    chmodSync(folder.file('k.key.pem'), 0o640);
    assert.match(folder.gatehouse(['sign', 'alarm.wasm', '--key', 'k.key.pem']).stderr, /^gatehouse: warning: others/);
  }));

test('a private key is not taken where a public one is meant', () =>
  inFolder((folder) => {
    folder.gatehouseDone('keygen', 'k');
    assert.match(folder.gatehouse(['verify', 'alarm.wasm', '--key', 'k.key.pem']).stderr, /holds a private key/);
  }));

test('sign writes where it is told, keeps signatures of others, and refuses what was changed since', () =>
  inFolder((folder) => {
    for (const name of ['a', 'b']) folder.gatehouseDone('keygen', name);
    const unsigned = readFileSync(folder.file('alarm.wasm'));
    folder.gatehouseDone('sign', 'alarm.wasm', '--key', 'a.key.pem', '--output', 'out/signed.wasm');
    assert.deepEqual(readFileSync(folder.file('alarm.wasm')), unsigned);
    folder.gatehouseDone('sign', 'out/signed.wasm', '--key', 'b.key.pem');
    for (const name of ['a', 'b']) folder.gatehouseDone('verify', 'out/signed.wasm', '--key', `${name}.pub.pem`);
    const changed = readFileSync(folder.file('out/signed.wasm'));
    changed[changed.length - 10]! = 0x21;
    writeFileSync(folder.file('changed.wasm'), changed);
    const refused = folder.gatehouse(['sign', 'changed.wasm', '--key', 'a.key.pem']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /SIGNATURE_INVALID|MODULE_MANIFEST_INVALID/);
  }));

test('sign refuses a module without a description: a signature would be for no name', () =>
  inFolder((folder) => {
    folder.gatehouseDone('keygen', 'k');
    writeFileSync(folder.file('empty.wasm'), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const { code, stderr } = folder.gatehouse(['sign', 'empty.wasm', '--key', 'k.key.pem']);
    assert.equal(code, 1);
    assert.match(stderr, /expected one custom section "gatehouse.manifest".*MODULE_MANIFEST_INVALID/);
  }));

test('inspect says what a module is, as text and as JSON, signed or not', () =>
  inFolder((folder) => {
    const text = folder.gatehouseDone('inspect', 'alarm.wasm');
    assert.match(text, /\n {2}name +alarm\n/);
    assert.match(text, /\n {2}needs grants +kv \(kv\./);
    assert.match(text, /\n {2}signature +none\n/);
    folder.gatehouseDone('keygen', 'k');
    folder.gatehouseDone('sign', 'alarm.wasm', '--key', 'k.key.pem');
    const report = JSON.parse(folder.gatehouseDone('inspect', 'alarm.wasm', '--json')) as {
      readonly manifest: { readonly name: string };
      readonly needsGrants: Record<string, string[]>;
      readonly signature: { readonly state: string; readonly keyIds: string[] };
      readonly facts: { readonly imports: unknown[]; readonly features: string[] };
      readonly problems: unknown[];
    };
    assert.equal(report.manifest.name, 'alarm');
    assert.equal(report.signature.state, 'intact');
    assert.equal(report.signature.keyIds.length, 1);
    assert.ok(report.facts.imports.length > 5 && report.facts.features.includes('bulk-memory'));
    assert.deepEqual(report.problems, []);
    writeFileSync(folder.file('cut.wasm'), readFileSync(folder.file('alarm.wasm')).subarray(0, 300));
    const cut = folder.gatehouse(['inspect', 'cut.wasm']);
    assert.equal(cut.code, 1);
    assert.match(cut.stdout, /problems +WASM_MALFORMED/);
  }));

test('trust sign does not replace a list by an older one, nor by another one of the same version', () =>
  inFolder((folder) => {
    const { key } = JSON.parse(folder.gatehouseDone('keygen', 'k', '--json')) as { key: string };
    folder.gatehouseDone('keygen', 'root');
    const sign = (version: number, modules: readonly string[]) => {
      writeFileSync(folder.file('keys.json'), JSON.stringify({ version, keys: [{ key, modules }] }));
      return folder.gatehouse(['trust', 'sign', 'keys.json', '--root-key', 'root.key.pem', '--output', 'trust.json']);
    };
    assert.equal(sign(2, ['a']).code, 0);
    assert.equal(sign(2, ['a']).code, 0, 'the same again');
    assert.match(sign(1, ['a']).stderr, /TRUST_ROLLBACK/);
    assert.match(sign(2, ['b']).stderr, /TRUST_ROLLBACK/);
    assert.match(sign(3, ['a*b']).stderr, /TRUST_INVALID/);
    assert.equal(sign(3, ['b']).code, 0);
  }));

test.run();
