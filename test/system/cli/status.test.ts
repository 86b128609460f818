import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Health, judgeHealth } from '../../../host/src/health/index.ts';
import { freePort } from '../../lib/free-port.ts';
import { GatewayProcess } from '../../lib/gateway-process.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { compileWat, FORWARD_WAT } from '../../lib/wat.ts';
import { WELL } from '../../unit/host/health/health-facts.ts';

const test = suite('gatehouse-host status', { timeoutMs: 60_000 });
const HOST = fileURLToPath(new URL('../../../host/dist/gatehouse-host.js', import.meta.url));
const MODULES = { works: { wasm: compileWat(FORWARD_WAT) } };

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function status(args: readonly string[], cwd = tmpdir()): Promise<Run> {
  const child = spawn(process.execPath, [HOST, 'status', ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    once(child, 'close'),
  ]);
  return { code: code as number | null, stdout: stdout.join(''), stderr: stderr.join('') };
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-status-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('asks the host of a configuration, named or of this folder, and shows a table or the JSON', async () => {
  const port = await freePort();
  const host = await GatewayProcess.open({
    modules: MODULES,
    routes: {},
    gateway: { deviceId: 'gw', metrics: { port } },
  });
  try {
    const { gateway, folder } = host.files;
    const ready = await until('the host to be ready', async () => {
      const run = await status(['--gateway', gateway]);
      return run.code === 0 && run;
    });
    assert.match(
      ready.stdout,
      /^gatehouse-host \d+\.\d+\.\d+, gateway gw, up \d+ s, \d+ MB\n\n {2}ok {2}host {2}running\n/,
    );
    assert.match(ready.stdout, /\n {2}ok {2}works {3}running +\d+ +0\n\nReady; all is well\.\n$/);
    assert.equal(ready.stderr, '');
    const here = await status(['--json'], folder);
    assert.equal(here.code, 0);
    const health = JSON.parse(here.stdout) as Health;
    assert.deepEqual([health.status, health.deviceId, health.modules[0]?.name], ['pass', 'gw', 'works']);
    assert.equal((await status(['--url', `http://127.0.0.1:${port}/`])).code, 0);
  } finally {
    assert.equal(await host.close(), 0);
  }
  const gone = await status(['--url', `http://127.0.0.1:${port}`]);
  assert.equal(gone.code, 3);
  assert.equal(
    gone.stderr,
    `gatehouse-host: no host answers at http://127.0.0.1:${port}/health: nothing listens there (HOST_UNREACHABLE)\n`,
  );
});

test('says what is missing where no host can be found, and ends with 3', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'gateway.json');
    const asked = async (gateway: object | string): Promise<string> => {
      writeFileSync(file, typeof gateway === 'string' ? gateway : JSON.stringify(gateway));
      const { code, stdout, stderr } = await status(['--gateway', file]);
      assert.deepEqual([code, stdout], [3, '']);
      return stderr.replace(folder, '.');
    };
    const refusals = [
      [
        { deviceId: 'gw' },
        './gateway.json has no "metrics", so its host does not listen; add "metrics": { "port": 9600 }',
      ],
      [
        { deviceId: 'gw', metrics: { port: 0 } },
        'by ./gateway.json its host listens on any free port; its log says which',
      ],
      [{ metrics: 1 }, './gateway.json has errors, which gatehouse-host check lists'],
    ] as const;
    for (const [gateway, sentence] of refusals) {
      const said = await asked(gateway);
      assert.ok(said.startsWith(`gatehouse-host: ${sentence}`), said);
    }
    rmSync(file);
    const missing = await status(['--json', '--gateway', file]);
    assert.equal(missing.code, 3);
    const { status: state, code } = JSON.parse(missing.stdout) as { status: string; code: string };
    assert.deepEqual([state, code], ['unknown', 'HOST_UNREACHABLE']);
  }));

async function withServer(answer: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer().on('request', answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const STRANGERS = {
  'another program': '<html>',
  'a health of something else': '{"status":"pass"}',
  'a member that is a lie': '{"status":"pass\\u001b[2J"}',
} as const;
for (const [who, text] of Object.entries(STRANGERS))
  test(`what is no host is not taken for one: ${who}`, () =>
    withServer(
      (_, response) => response.end(text),
      async (url) => {
        const { code, stderr } = await status(['--url', url]);
        assert.equal(code, 3);
        assert.equal(
          stderr,
          `gatehouse-host: what answers at ${url} is no Gatehouse host of this version (200) (HOST_UNREACHABLE)\n`,
        );
      },
    ));

test('an answer without an end is not read to the end', () =>
  withServer(
    (_, response) => {
      const flood = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' ')));
        response.once('drain', flood);
      };
      flood();
    },
    async (url) => {
      const { code, stderr } = await status(['--url', url]);
      assert.equal(code, 3);
      assert.match(stderr, /it answers with more than 4194304 bytes/);
    },
  ));

test('what would show a line in another order does not reach the terminal, in the table or the JSON', () =>
  withServer(
    (_, response) => {
      const health = judgeHealth({ ...WELL, deviceId: 'a\u202eb' });
      response.end(JSON.stringify(health));
    },
    async (url) => {
      for (const args of [
        ['--url', url],
        ['--json', '--url', url],
      ]) {
        const { code, stdout } = await status(args);
        assert.equal(code, 0);
        assert.match(stdout, /a\\u202eb/);
        assert.doesNotMatch(stdout, /\u202e/);
      }
      const { deviceId } = JSON.parse((await status(['--json', '--url', url])).stdout) as Health;
      assert.equal(deviceId, 'a\u202eb');
    },
  ));

test('a host that is not ready gives 1', () =>
  withServer(
    (_, response) => {
      response.writeHead(503);
      response.end(JSON.stringify(judgeHealth({ ...WELL, phase: 'starting' })));
    },
    async (url) => {
      const { code, stdout } = await status(['--url', url]);
      assert.equal(code, 1);
      assert.match(stdout, /\n\nNot ready:\n {2}- the host is starting\n$/);
    },
  ));

test.run();
