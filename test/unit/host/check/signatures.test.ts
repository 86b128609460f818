import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RememberedVersions, signModule, signTrustList } from '../../../../host/src/signature/index.ts';
import { newKey, type SigningKey } from '../../../lib/signing-key.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { brief, load, moduleFile, wasmModule, withDescription } from './deployment-folder.ts';

const test = suite('check of signatures');
const root = newKey();
const builder = newKey();
const stranger = newKey();
const routes = { up: 'FROM /messages/* INTO $upstream' };

const pump = (version = '1.0.0', name = 'acme.pump') => moduleFile({ description: { name, version } });
const signed = (module: Uint8Array, { privateKey }: SigningKey = builder) => signModule(module, privateKey);

function trustList(version = 1, modules: readonly string[] = ['acme.*'], by = root): string {
  return signTrustList({ version, keys: [{ ...builder.publicKey, modules }] }, by.privateKey);
}

/** A gateway with a state folder of its own, in which one deployment after the other is loaded. */
class Gateway {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async load(
    files: Readonly<Record<string, Uint8Array>>,
    options: { readonly list?: string; readonly settings?: object; readonly allowUnsigned?: boolean } = {},
  ) {
    const { list = trustList(), settings = {}, allowUnsigned } = options;
    const result = await load({
      modules: Object.fromEntries(Object.keys(files).map((id) => [id, wasmModule(settings, `${id}.wasm`)])),
      routes,
      asWritten: true,
      files: {
        ...Object.fromEntries(Object.entries(files).map(([id, wasm]) => [`${id}.wasm`, wasm])),
        'trust.json': list,
        'gateway.json': {
          deviceId: 'g',
          stateFolder: this.folder,
          trust: { file: 'trust.json', rootKeys: [root.publicKey.text] },
          ...(allowUnsigned === undefined ? {} : { allowUnsigned }),
        },
      },
    });
    const { loaded, problems } = result;
    return { loaded, problems: problems.map(brief), started: loaded?.modules.map(({ spec }) => spec.id) };
  }

  /** As the gateway does when it starts what was loaded. */
  async run(files: Readonly<Record<string, Uint8Array>>, options: Parameters<Gateway['load']>[1] = {}) {
    const result = await this.load(files, options);
    const remembered = result.loaded?.remembered as RememberedVersions;
    for (const { manifest, signedBy } of result.loaded?.modules ?? [])
      if (manifest !== undefined) remembered.raiseModule(manifest.name, manifest.version, signedBy.length > 0);
    await remembered.save();
    return result;
  }
}

async function withGateway(body: (gateway: Gateway) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-state-'));
  try {
    await body(new Gateway(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const IMAGE = (id: string) => `modules.${id}.settings.image (${id})`;

test('a module that a trusted key signed for its name starts, and it is known which key that was', () =>
  withGateway(async (gateway) => {
    const { loaded, problems } = await gateway.load({ m: signed(pump()) });
    assert.deepEqual(problems, []);
    assert.deepEqual(loaded?.modules[0]?.signedBy, [builder.publicKey.text]);
    assert.deepEqual(loaded?.unsigned, []);
  }));

test('unsigned, foreign and changed modules are each refused by code, and the others start', () =>
  withGateway(async (gateway) => {
    const changed = signed(pump());
    changed[changed.length - 1]! ^= 1;
    const { problems, started } = await gateway.load({
      good: signed(pump()),
      plain: pump(),
      foreign: signed(pump(), stranger),
      changed,
      other: signed(pump('1.0.0', 'acmepump')),
      nameless: signed(moduleFile()),
    });
    assert.deepEqual(started, ['good']);
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      [
        `error SIGNATURE_MISSING ${IMAGE('plain')}`,
        `error SIGNATURE_UNTRUSTED ${IMAGE('foreign')}`,
        `error SIGNATURE_INVALID ${IMAGE('changed')}`,
        `error SIGNATURE_UNTRUSTED ${IMAGE('other')}`,
        `error SIGNATURE_UNTRUSTED ${IMAGE('nameless')}`,
      ],
    );
    assert.match(
      problems[3]!,
      /"acmepump" is signed by a key that is trusted for other names: ed25519:.* for acme\.\*/,
    );
    assert.match(problems[4]!, /has no description/);
  }));

test('allowUnsigned starts them all; it says so once, and what is wrong with each signature', () =>
  withGateway(async (gateway) => {
    const { problems, started, loaded } = await gateway.load(
      { good: signed(pump()), plain: pump(), foreign: signed(pump(), stranger) },
      { allowUnsigned: true },
    );
    assert.deepEqual(started, ['good', 'plain', 'foreign']);
    assert.deepEqual(loaded?.unsigned, ['plain', 'foreign']);
    assert.deepEqual(problems, [
      `warning SIGNATURE_UNTRUSTED ${IMAGE('foreign')}: no trusted key signed the module; it runs because allowUnsigned is set`,
      'warning SIGNATURE_MISSING allowUnsigned: allowUnsigned is set: modules run without a valid signature of a trusted key; without one are plain, foreign',
    ]);
  }));

test('of two descriptions nobody could say which counts, so that the module is refused', () =>
  withGateway(async (gateway) => {
    const twice = withDescription(pump(), { name: 'other.pump', version: '1.0.0' });
    const { problems, started } = await gateway.load({ m: signed(twice) });
    assert.deepEqual(started, []);
    assert.ok(
      problems.some((problem) => problem.startsWith(`error MODULE_MANIFEST_INVALID ${IMAGE('m')}: the module has two`)),
    );
  }));

test('of many modules without a signature, the first ten are named', () =>
  withGateway(async (gateway) => {
    const ids = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const { problems } = await gateway.load(Object.fromEntries(ids.map((id) => [id, pump()])), { allowUnsigned: true });
    assert.match(problems.at(-1)!, /without one are m0, m1, .*, m9 and 2 more$/);
  }));

test('allowUnsigned is said also while all modules are signed', () =>
  withGateway(async (gateway) => {
    const { problems } = await gateway.load({ good: signed(pump()) }, { allowUnsigned: true });
    assert.deepEqual(problems, [
      'warning SIGNATURE_MISSING allowUnsigned: allowUnsigned is set: modules run without a valid signature of a trusted key; all of this deployment are signed',
    ]);
  }));

test('allowUnsigned says nothing of modules that were refused', () =>
  withGateway(async (gateway) => {
    const { problems } = await gateway.load({ m: new Uint8Array(8) }, { allowUnsigned: true });
    assert.match(problems.at(-1)!, /modules run without a valid signature of a trusted key$/);
  }));

test('a list that is not signed by a root key, or was changed since, makes no key trusted', () =>
  withGateway(async (gateway) => {
    const byStranger = await gateway.load({ m: signed(pump()) }, { list: trustList(1, ['acme.*'], stranger) });
    assert.deepEqual(byStranger.started, []);
    assert.match(byStranger.problems[0]!, /^error SIGNATURE_UNTRUSTED .*: the gateway trusts no key$/);
    assert.match(byStranger.problems[1]!, /^error TRUST_INVALID trust\.file: .* none of the root keys/);
    const changed = await gateway.load({ m: signed(pump()) }, { list: trustList().replace('acme.*', '*') });
    assert.match(changed.problems[1]!, /^error TRUST_INVALID trust\.file: the list was changed/);
    const broken = await gateway.load({ m: signed(pump()) }, { list: '{}' });
    assert.ok(broken.problems.every((problem) => /^error (TRUST_INVALID|SIGNATURE_UNTRUSTED)/.test(problem)));
    assert.deepEqual(broken.started, []);
  }));

test('without a list, what is signed is refused as what is not', async () => {
  const { problems, loaded } = await load({
    modules: { m: wasmModule() },
    files: { 'm.wasm': signed(pump()), 'gateway.json': { deviceId: 'g' } },
    asWritten: true,
    routes,
  });
  assert.deepEqual(loaded?.modules, []);
  assert.deepEqual(problems.map(brief), [`error SIGNATURE_UNTRUSTED ${IMAGE('m')}: the gateway trusts no key`]);
});

test('an older list is refused once a newer one was accepted, and so is another list of the same version', () =>
  withGateway(async (gateway) => {
    await gateway.run({ m: signed(pump()) }, { list: trustList(7) });
    const older = await gateway.load({ m: signed(pump()) }, { list: trustList(6) });
    assert.deepEqual(older.started, []);
    assert.match(older.problems[1]!, /^error TRUST_ROLLBACK trust\.file: expected version 7 or later, got 6/);
    const twin = await gateway.load({ m: signed(pump()) }, { list: trustList(7, ['*']) });
    assert.match(twin.problems[1]!, /^error TRUST_ROLLBACK trust\.file: .* got another one of that version/);
    const formatted = JSON.stringify(JSON.parse(trustList(7)));
    assert.deepEqual((await gateway.load({ m: signed(pump()) }, { list: formatted })).problems, []);
    assert.deepEqual((await gateway.load({ m: signed(pump()) }, { list: trustList(8) })).problems, []);
  }));

test('a key that the next list does not have is revoked', () =>
  withGateway(async (gateway) => {
    await gateway.run({ m: signed(pump()) });
    const list = signTrustList({ version: 2, keys: [{ ...stranger.publicKey, modules: ['acme.*'] }] }, root.privateKey);
    const { started, problems } = await gateway.load({ m: signed(pump()), n: signed(pump(), stranger) }, { list });
    assert.deepEqual(started, ['n']);
    assert.deepEqual(problems, [`error SIGNATURE_UNTRUSTED ${IMAGE('m')}: no trusted key signed the module`]);
  }));

test('a lower version than has run is refused unless the deployment allows it', () =>
  withGateway(async (gateway) => {
    await gateway.run({ m: signed(pump('1.10.0')) });
    const lower = await gateway.run({ m: signed(pump('1.9.9')) });
    assert.deepEqual(lower.started, []);
    assert.deepEqual(lower.problems, [
      `error VERSION_ROLLBACK ${IMAGE('m')}: "acme.pump" 1.9.9 is older than 1.10.0, which this gateway has run; allowDowngrade would allow it`,
    ]);
    const allowed = await gateway.run({ m: signed(pump('1.9.9')) }, { settings: { allowDowngrade: true } });
    assert.deepEqual(allowed.started, ['m']);
    assert.match(allowed.problems[0]!, /^warning VERSION_ROLLBACK modules\.m\.settings\.allowDowngrade /);
    assert.deepEqual((await gateway.load({ m: signed(pump('1.9.9')) })).started, [], 'the floor stays');
    assert.deepEqual((await gateway.load({ m: signed(pump('1.10.0')) })).problems, []);
    assert.deepEqual((await gateway.load({ m: signed(pump('2.0.0')) })).problems, []);
  }));

test('the version floor holds for a module whose signature was taken out, too', () =>
  withGateway(async (gateway) => {
    await gateway.run({ m: signed(pump('2.0.0')) });
    const { started } = await gateway.load({ m: pump('1.0.0') }, { allowUnsigned: true });
    assert.deepEqual(started, []);
  }));

test('what runs without a signature raises no floor for what is signed, only for its like', () =>
  withGateway(async (gateway) => {
    await gateway.run({ m: pump('999.0.0') }, { allowUnsigned: true });
    assert.deepEqual((await gateway.load({ m: signed(pump('1.0.0')) })).problems, []);
    assert.deepEqual((await gateway.load({ m: pump('998.0.0') }, { allowUnsigned: true })).started, []);
    const both = await gateway.load({ a: signed(pump('1.0.0')), b: pump('1000.0.0') }, { allowUnsigned: true });
    assert.deepEqual(both.started, ['a', 'b']);
  }));

test('two versions of one module in a deployment: the lower one is refused at the first start already', () =>
  withGateway(async (gateway) => {
    const { started, problems } = await gateway.load({ a: signed(pump('1.0.0')), b: signed(pump('1.0.0-rc.1')) });
    assert.deepEqual(started, ['a']);
    assert.match(problems[0]!, /^error VERSION_ROLLBACK .*\(b\)/);
  }));

test('checking writes nothing', () =>
  withGateway(async (gateway) => {
    await gateway.load({ m: signed(pump()) });
    assert.deepEqual(await readdir(gateway.folder), []);
  }));

test('what was remembered is one file that only the host may read; a damaged one is said and replaced', () =>
  withGateway(async (gateway) => {
    await gateway.run({ m: signed(pump('2.0.0')) }, { list: trustList(3) });
    assert.deepEqual(await readdir(gateway.folder), ['versions.json']);
    const file = join(gateway.folder, 'versions.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -9));
    const { started, problems } = await gateway.run({ m: signed(pump('1.0.0')) }, { list: trustList(3) });
    assert.deepEqual(started, ['m']);
    assert.match(problems[0]!, /^warning STATE_LOST stateFolder: what the gateway knew of earlier versions is lost/);
    assert.equal(JSON.parse(await readFile(file, 'utf8')).modules['acme.pump'], '1.0.0');
  }));

test.run();
