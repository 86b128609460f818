import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDeployment } from '../../../host/src/check/index.ts';
import { Gateway } from '../../../host/src/gateway/gateway.ts';
import type { LogEntry } from '../../../host/src/gateway/log.ts';
import { signModule, signTrustList } from '../../../host/src/signature/index.ts';
import { type TestDeployment, writeDeployment } from '../../lib/deployment.ts';
import { newKey } from '../../lib/signing-key.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat } from '../../lib/wat.ts';
import { withDescription } from '../../unit/host/check/deployment-folder.ts';

const test = suite('a gateway and signatures', { timeoutMs: 60_000 });
const root = newKey();
const builder = newKey();

/** A module that writes a log line for every event, of which its start is the first. */
function speaker(text: string, version = '1.0.0'): Uint8Array {
  const wat = guestWat({
    imports: '(import "log" "write" (func $log (param i32 i32 i32) (result i32)))',
    data: `(data (i32.const 16) "${text}")`,
    handle: `(drop (call $log (i32.const 6) (i32.const 16) (i32.const ${text.length}))) (i32.const 0)`,
  });
  return withDescription(compileWat(wat), { name: 'acme.speaker', version });
}
const signed = (module: Uint8Array): Uint8Array => signModule(module, builder.privateKey);

interface Site {
  readonly folder: string;
  readonly state: string;
  readonly files: (wasm: Uint8Array, gateway?: object) => TestDeployment;
}

async function onSite(body: (site: Site) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-site-'));
  const made: TestDeployment[] = [];
  const list = { version: 1, keys: [{ ...builder.publicKey, modules: ['acme.*'] }] };
  writeFileSync(join(folder, 'trust.json'), signTrustList(list, root.privateKey));
  const state = join(folder, 'state');
  const files = (wasm: Uint8Array, gateway: object = {}): TestDeployment => {
    const trust = { file: join(folder, 'trust.json'), rootKeys: [root.publicKey.text] };
    const deployment = writeDeployment({
      modules: { m: { wasm } },
      routes: {},
      gateway: { deviceId: 'g', allowUnsigned: false, stateFolder: state, trust, ...gateway },
    });
    made.push(deployment);
    return deployment;
  };
  try {
    await body({ folder, state, files });
  } finally {
    for (const deployment of made) deployment.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Loads and starts, does something between the two, and gives what was logged until the module said something. */
async function start(files: TestDeployment, between: () => void = () => undefined): Promise<readonly LogEntry[]> {
  const { loaded, problems } = await loadDeployment(files.deployment, files.gateway);
  assert.ok(loaded !== undefined, JSON.stringify(problems));
  between();
  const logs: LogEntry[] = [];
  const gateway = await Gateway.open({ loaded, log: (entry) => logs.push(entry) });
  try {
    await until('the module to speak', () =>
      logs.some(({ module, text }) => module === 'm' && !text.startsWith('module is ')),
    );
    return logs;
  } finally {
    await gateway.close();
  }
}

const said = (logs: readonly LogEntry[]): string => logs.map(({ text }) => text).join('\n');

test('what was verified is what runs, though the file is replaced before it starts', () =>
  onSite(async ({ folder, files }) => {
    const deployment = files(signed(speaker('genuine')));
    const image = join(deployment.folder, 'm.wasm');
    // The image is a link, which leads to another file as soon as the module was looked at.
    writeFileSync(join(folder, 'false.wasm'), speaker('falsified'));
    renameSync(image, join(folder, 'true.wasm'));
    symlinkSync(join(folder, 'true.wasm'), image);
    const logs = await start(deployment, () => {
      rmSync(image);
      symlinkSync(join(folder, 'false.wasm'), image);
    });
    assert.match(said(logs), /genuine/);
    assert.doesNotMatch(said(logs), /falsified/);
  }));

test('a start remembers the version, and the next start refuses a lower one', () =>
  onSite(async ({ state, files }) => {
    const logs = await start(files(signed(speaker('two', '2.0.0'))));
    assert.ok(logs.every(({ code }) => code === undefined || !/SIGNATURE|STATE/.test(code)));
    assert.equal(JSON.parse(readFileSync(join(state, 'versions.json'), 'utf8')).modules['acme.speaker'], '2.0.0');
    const older = files(signed(speaker('one', '1.0.0')));
    const { loaded, problems } = await loadDeployment(older.deployment, older.gateway);
    assert.deepEqual(loaded?.modules, []);
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      ['VERSION_ROLLBACK'],
    );
  }));

test('modules without a signature are named in the log, as a warning, at every start', () =>
  onSite(async ({ files }) => {
    const logs = await start(files(speaker('hello'), { allowUnsigned: true }));
    const warning = logs.find(({ code }) => code === 'SIGNATURE_MISSING');
    assert.equal(warning?.level, 4);
    assert.match(warning?.text ?? '', /^allowUnsigned is set: without a valid signature run m$/);
  }));

test('a gateway that cannot remember says so and runs its modules', () =>
  onSite(async ({ state, files }) => {
    mkdirSync(join(state, 'versions.json'), { recursive: true });
    const logs = await start(files(signed(speaker('still here'))));
    const failure = logs.find(({ code }) => code === 'STATE_LOST');
    assert.equal(failure?.level, 3);
    assert.match(failure?.text ?? '', /cannot be remembered/);
    assert.match(said(logs), /still here/);
  }));

test.run();
