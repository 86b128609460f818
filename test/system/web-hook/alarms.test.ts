import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, readyModule } from '../../../modules-as/test-lib/module-rig.ts';
import { readmeExample } from '../../../modules-as/test-lib/readme-example.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { type SeenPost, WebHookServer } from '../../peers/web-hook-server.ts';

const test = suite("alarms through the whole gateway to a web hook of python3's http.server", {
  needs: [TOOLS.python],
  timeoutMs: 120_000,
});
const modules = await Promise.all(['alarm', 'web-hook'].map(readyModule));
const [alarm, hook] = modules.map((module) => module.wasm('release'));
const README = readFileSync(new URL('../../../modules-as/web-hook/README.md', import.meta.url), 'utf8');
const readme = (mark: string): string => JSON.stringify((readmeExample('web-hook', mark) as [Json])[0]);

/** What the README of the module shows, with the server of the test in the place of that of the example. */
async function openGateway(server: WebHookServer): Promise<TestGateway> {
  const keyFile = join(server.folder, 'hook-key.txt');
  const local = (text: string): Json =>
    JSON.parse(
      text
        .replaceAll('https://hooks.example.com', `http://127.0.0.1:${server.port}`)
        .replace('"paths"', '"allowPrivate":true,"paths"')
        .replace('hook-key.txt', keyFile),
    );
  writeFileSync(keyFile, 'key-of-the-example');
  const route = /^FROM \/messages\/modules\/alarm\/.*$/m.exec(README)![0];
  return TestGateway.open({
    modules: {
      alarm: { wasm: alarm!, settings: { grants: { kv: { bytes: 65_536 } } }, desired: { holdOffMs: 0 } },
      hook: { wasm: hook!, settings: { grants: local(readme('grants')) }, desired: local(readme('settings')) },
    },
    routes: {
      anomalies:
        'FROM /messages/modules/$edgeAgent/outputs/anomalies INTO BrokeredEndpoint("/modules/alarm/inputs/anomalies")',
      alarms: route,
    },
    gateway: { deviceId: 'gw', ...local(readme('gateway')) },
  });
}

const publish = ({ gateway }: TestGateway, rule: string, state: 'raised' | 'cleared'): void => {
  const anomaly = { id: `${rule}-1`, rule, device: 'pump', severity: 'critical', state };
  gateway.publish('anomalies', Buffer.from(JSON.stringify(anomaly)), []);
};
const delivery = ({ gateway }: TestGateway): Json => (gateway.reported('hook')['delivery'] ?? {}) as Json;
const texts = (posts: readonly SeenPost[]): string[] =>
  posts.map(({ body }) => (JSON.parse(body) as { text: string }).text);
const RAISED = 'pump: alarm raised (critical, step 0), intakeHigh';
const CLEARED = 'pump: alarm cleared (critical, step 0), intakeHigh';

async function withGateway(body: (host: TestGateway, server: WebHookServer) => Promise<void>): Promise<void> {
  const server = await WebHookServer.open();
  const host = await openGateway(server);
  try {
    await host.reaches('alarm', 'running', 30_000);
    await host.reaches('hook', 'running', 30_000);
    await body(host, server);
  } catch (error) {
    const said = host.logs.slice(-20).map(({ module, text }) => `${module ?? 'host'}: ${text}`);
    throw new Error(`${(error as Error).message}; the gateway said:\n${said.join('\n')}`, { cause: error });
  } finally {
    await host.close();
    await server.close();
  }
}

test('the example of the README posts each alarm once, with the secret, and without what the route leaves out', () =>
  withGateway(async (host, server) => {
    publish(host, 'intakeHigh', 'raised');
    publish(host, 'other', 'raised');
    publish(host, 'other', 'cleared');
    publish(host, 'intakeHigh', 'cleared');
    const posts = await until('both posts', async () => {
      const seen = await server.seen();
      return seen.length >= 2 && seen;
    });
    assert.deepEqual(texts(posts), [RAISED, CLEARED]);
    const [{ path, headers }] = posts as [SeenPost];
    assert.equal(path, '/alarms/pump-house');
    assert.equal(headers['authorization'], 'Bearer key-of-the-example');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(delivery(host)['state'], 'ok');
    const audits = host.logs.filter(({ details }) => details?.['audit'] !== undefined);
    assert.equal(audits.length, 2);
    assert.ok(!JSON.stringify(host.logs).includes('key-of-the-example'));
  }));

test('while the server is away alarms wait, and come in their order when it is back', () =>
  withGateway(async (host, server) => {
    await server.leave();
    publish(host, 'intakeHigh', 'raised');
    await until('the state', () => delivery(host)['state'] === 'retrying');
    publish(host, 'intakeHigh', 'cleared');
    await until('both to wait', () => delivery(host)['waiting'] === 2);
    await server.comeBack();
    const posts = await until('both posts', async () => (await server.seen()).length >= 2 && server.seen(), 60_000);
    assert.deepEqual(texts(posts), [RAISED, CLEARED]);
    await until('the state', () => delivery(host)['state'] === 'ok');
    assert.equal((delivery(host)['lastError'] as Json)['status'], 'unavailable');
  }));

test('a server that fails gets the same alarm again, and after its confirmation never more', () =>
  withGateway(async (host, server) => {
    server.answerWith(503);
    publish(host, 'intakeHigh', 'raised');
    await until('two failures', async () => (await server.seen()).length >= 2, 60_000);
    server.answerWith(200);
    await until('the confirmation', () => delivery(host)['state'] === 'ok', 60_000);
    publish(host, 'intakeHigh', 'cleared');
    const posts = await until('the next alarm', async () => {
      const seen = await server.seen();
      return texts(seen).includes(CLEARED) && seen;
    });
    const confirmed = posts.filter(({ status }) => status === 200);
    assert.deepEqual(texts(confirmed), [RAISED, CLEARED]);
    assert.equal((delivery(host)['lastError'] as Json)['http'], 503);
  }));

test.run();
