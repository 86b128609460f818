import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STATUS } from '../../../host/src/abi/constants.ts';
import type { JsonObject } from '../../../host/src/json/index.ts';
import { fixture } from '../../../sdk/test/lib/fixture.ts';
import { DriverAsker } from '../../lib/driver-asker.ts';
import { guideModule } from '../../lib/guide-module.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { type PeerProcess, startPeer } from '../../peers/peer-process.ts';

const test = suite("modules on the SDK and python3's http.server through the whole gateway", {
  needs: [TOOLS.python],
  timeoutMs: 90_000,
});
const SCRIPT = fileURLToPath(new URL('../../peers/python-http-server.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-http-'));
const asker = (await fixture('http-asker')).wasm('release');
let server: PeerProcess;
let origin: string;

test.before(async () => {
  mkdirSync(join(folder, 'limits'));
  writeFileSync(join(folder, 'limits', 'pump.json'), '{"pressure":9.5}');
  server = await startPeer('python3', [SCRIPT, folder]);
  origin = `http://127.0.0.1:${server.port}`;
});
test.after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const grantsOf = (changes: JsonObject = {}): { http: JsonObject[] } => ({
  http: [{ origins: [origin], methods: ['GET', 'POST'], allowPrivate: true, timeoutMs: 10_000, ...changes }],
});

async function withAsker(
  body: (asker: DriverAsker) => Promise<void>,
  wasm = asker,
  grants = grantsOf(),
): Promise<void> {
  const bench = await DriverAsker.open(wasm, { grants });
  try {
    await body(bench);
  } catch (error) {
    const said = bench.host.logs.slice(-20).map(({ module, text }) => `${module ?? 'host'}: ${text}`);
    throw new Error(`${(error as Error).message}; the gateway said:\n${said.join('\n')}`, { cause: error });
  } finally {
    await bench.close();
  }
}

/** Asks, and waits for what the module says of the answer. */
async function answerTo(bench: DriverAsker, name: string, request: JsonObject): Promise<JsonObject> {
  bench.ask({ name, server: origin, method: 'GET', path: '/limits/pump.json', ...request });
  const { name: _, ...answer } = await bench.hears(`the answer ${name}`, (body) => body['name'] === name, 30_000);
  return answer;
}

test('the example of docs/sdk.md asks for the limits of a device and sends them on', async () => {
  const limits = await guideModule('Limits', (source) => source.replace('https://limits.example.com', origin));
  await withAsker(async (bench) => {
    bench.ask({ device: 'pump' });
    const body = await bench.hears('the limits', () => true, 30_000);
    assert.deepEqual(body, { status: STATUS.ok, http: 200, pressure: 9.5 });
    const audit = await until('the audit of the post', () => bench.host.logs.find(({ details }) => details?.['audit']));
    assert.match(audit.text, /POST \/asked: confirmed/);
  }, limits);
});

test('what is asked for is answered, and what the server refuses says so', () =>
  withAsker(async (bench) => {
    assert.deepEqual(await answerTo(bench, 'read', {}), { status: STATUS.ok, detail: 200, text: '{"pressure":9.5}' });
    const post = await answerTo(bench, 'post', { method: 'POST', path: '/hook', body: 'abc' });
    assert.deepEqual(post, { status: STATUS.ok, detail: 202, text: '/hook text/plain; charset=utf-8 cba' });
    const { status, detail } = await answerTo(bench, 'missing', { path: '/nothing' });
    assert.deepEqual([status, detail], [STATUS.failed, 404]);
    assert.deepEqual(bench.denials, []);
  }));

test('another origin, port or method is denied, reaches nobody, and is a security event', () =>
  withAsker(async (bench) => {
    const denied = { status: STATUS.denied, detail: 0, text: '' };
    const { port } = server;
    assert.deepEqual(await answerTo(bench, 'origin', { server: `http://127.0.0.2:${port}` }), denied);
    assert.deepEqual(await answerTo(bench, 'port', { server: 'http://127.0.0.1:1' }), denied);
    assert.deepEqual(await answerTo(bench, 'scheme', { server: `https://127.0.0.1:${port}` }), denied);
    assert.deepEqual(await answerTo(bench, 'method', { method: 'DELETE' }), denied);
    await until('the security event', () => bench.denials.length > 0);
    const { security } = bench.host.gateway.reported('$edgeAgent') as { security: JsonObject };
    assert.ok(JSON.stringify(security).includes('CAPABILITY_DENIED'), JSON.stringify(security));
    const { devices } = (await bench.host.gateway.status()) as unknown as { devices: Record<string, JsonObject> };
    assert.ok(!JSON.stringify(devices).includes('"requests":1'), JSON.stringify(devices));
  }));

test('a name that leads to a private address is denied by the host, and is a security event', () => {
  const local = `http://localhost:${server.port}`;
  return withAsker(
    async (bench) => {
      const { status, detail } = await answerTo(bench, 'private', { server: local });
      assert.deepEqual([status, detail], [STATUS.denied, 2]);
      await until('the security event', () => bench.denials.some((text) => text.includes('which is not public')));
    },
    asker,
    grantsOf({ origins: [local], allowPrivate: false }),
  );
});

test('a server that goes away is said once, and is asked again when it is back', () =>
  withAsker(async (bench) => {
    assert.equal((await answerTo(bench, 'before', {}))['status'], STATUS.ok);
    const { port } = server;
    await server.stop();
    for (const name of ['first', 'second', 'third']) {
      const { status, detail } = await answerTo(bench, name, {});
      assert.deepEqual([status, detail], [STATUS.unavailable, 3]);
    }
    server = await startPeer('python3', [SCRIPT, folder, String(port)]);
    assert.equal((await answerTo(bench, 'after', {}))['status'], STATUS.ok);
    const said = bench.host.logs.filter(({ text }) => text.startsWith(origin)).map(({ code, text }) => code ?? text);
    assert.deepEqual(said, ['DEVICE_UNREACHABLE', `${origin} answers again`]);
  }));

test.run();
