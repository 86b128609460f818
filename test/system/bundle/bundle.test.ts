import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../lib/free-port.ts';
import { GatewayProcess } from '../../lib/gateway-process.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { compileWat, FORWARD_WAT } from '../../lib/wat.ts';

const test = suite('gatehouse-host bundle', { timeoutMs: 120_000, needs: [TOOLS.tar] });
const HOST = fileURLToPath(new URL('../../../host/dist/gatehouse-host.js', import.meta.url));
const PASSWORD = 'correct-horse-battery';

interface Contents {
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly absent: readonly { readonly name: string; readonly why: string }[];
}

function bundle(cwd: string, ...args: string[]) {
  return spawnSync(process.execPath, [HOST, 'bundle', ...args], { cwd, encoding: 'utf8' });
}

async function withFolder(use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Unpacks with the tar of the system; gives the files with their texts. */
function unpack(folder: string, archive: string): Map<string, string> {
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  const inside = join(folder, 'gatehouse-bundle');
  return new Map(readdirSync(inside).map((name) => [name, readFileSync(join(inside, name), 'utf8')]));
}

test('of a gateway that runs: everything is in it, tar unpacks it, and no password is in it', () =>
  withFolder(async (folder) => {
    const port = await freePort();
    const host = await GatewayProcess.open({
      modules: { works: { wasm: compileWat(FORWARD_WAT), desired: { limit: 40 }, env: { TOKEN: PASSWORD } } },
      routes: {},
      gateway: {
        deviceId: 'gw',
        uplink: {
          url: 'mqtt://127.0.0.1:1',
          authentication: { type: 'password', username: 'operator', password: PASSWORD },
        },
        stateFolder: 'state',
        securityLog: { file: 'security.log' },
        metrics: { port },
      },
    });
    try {
      const { deployment, gateway } = host.files;
      const archive = join(folder, 'out.tar.gz');
      const { status, stdout, stderr } = await until(
        'a bundle of a host that is ready',
        () => {
          rmSync(archive, { force: true });
          const run = bundle(folder, '-o', archive, '--deployment', deployment, '--gateway', gateway);
          return run.stdout.includes('health.txt') && run;
        },
        60_000,
      );
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /^.*out\.tar\.gz, [\d.]+ KB, without secrets:\n\n {2}machine\.json/);
      assert.equal(statSync(archive).mode & 0o777, 0o600);
      const files = unpack(folder, archive);
      const { files: listed, absent } = JSON.parse(files.get('contents.json')!) as Contents;
      assert.equal(listed.length + 1, files.size);
      for (const { name, bytes } of listed) assert.equal(Buffer.byteLength(files.get(name)!), bytes, name);
      assert.deepEqual(absent, []);
      for (const [name, text] of files) assert.ok(!text.includes(PASSWORD) && !text.includes('operator'), name);
      assert.match(files.get('health.txt')!, /works +running/);
      assert.match(files.get('metrics.txt')!, /gatehouse_module_state\{module="works"/);
      assert.match(files.get('doctor.txt')!, /A gateway works here/);
      assert.equal(JSON.parse(files.get('deployment.json')!).modules[0].desired.limit, 40);
      assert.match(files.get('files.json')!, /works\.wasm/);
    } finally {
      await host.close();
    }
  }));

test('of a machine where nothing runs and nothing is configured: what there is, and why the rest is not', () =>
  withFolder((folder) => {
    const { status, stdout } = bundle(folder);
    assert.equal(status, 0);
    const name = /gatehouse-bundle-\d{8}T\d{6}Z\.tar\.gz/.exec(stdout)?.[0] as string;
    const files = unpack(folder, join(folder, name));
    const { absent } = JSON.parse(files.get('contents.json')!) as Contents;
    assert.deepEqual(absent.map((one) => one.name).sort(), [
      ...['deployment.json', 'gateway.json', 'health.json', 'health.txt', 'metrics.txt', 'problems.json'],
    ]);
    assert.ok(files.has('machine.json') && files.has('doctor.txt') && files.has('files.json'));
  }));

test('a configuration with a mistake is not in it, but where the mistake is', () =>
  withFolder((folder) => {
    writeFileSync(join(folder, 'gateway.json'), JSON.stringify({ deviceId: 'gw', pasword: PASSWORD }, undefined, 1));
    writeFileSync(join(folder, 'deployment.json'), '{}');
    bundle(folder, '-o', 'a.tar.gz');
    const files = unpack(folder, join(folder, 'a.tar.gz'));
    assert.ok(!files.has('gateway.json'));
    assert.match(files.get('problems.json')!, /"code": "GATEWAY_INVALID"[^}]*"line": 3/);
    for (const [name, text] of files) assert.ok(!text.includes(PASSWORD), name);
  }));

test('a file that exists is not overwritten', () =>
  withFolder((folder) => {
    writeFileSync(join(folder, 'a.tar.gz'), 'precious');
    const { status, stderr } = bundle(folder, '-o', 'a.tar.gz');
    assert.equal(status, 1);
    assert.equal(stderr, 'gatehouse-host: cannot write a.tar.gz: it exists already (BUNDLE_FAILED)\n');
    assert.equal(readFileSync(join(folder, 'a.tar.gz'), 'utf8'), 'precious');
  }));

test.run();
