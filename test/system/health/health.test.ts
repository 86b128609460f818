import { request } from 'node:http';
import { type Health, healthShape } from '../../../host/src/health/index.ts';
import type { JsonObject, JsonValue } from '../../../host/src/json/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { compileWat, FORWARD_WAT, guestWat } from '../../lib/wat.ts';
import { accepts } from '../../unit/docs/json-schema.ts';

const test = suite('/health', { timeoutMs: 60_000 });
const TRAPS = guestWat({ handle: '(if (i32.eq (local.get $kind) (i32.const 1)) (then unreachable)) (i32.const 0)' });
const WORKS = { wasm: compileWat(FORWARD_WAT) };
/** Never comes back from a direct method, until its fuel is used up. */
const HANGING = compileWat(
  guestWat({
    handle: '(if (i32.eq (local.get $kind) (i32.const 5)) (then (loop $for_ever (br $for_ever)))) (i32.const 0)',
  }),
);

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Health;
}

function ask(port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode as number,
          type: response.headers['content-type'],
          body: JSON.parse(body) as Health,
        }),
      );
    });
    call.on('error', reject).end();
  });
}

const portOf = (host: TestGateway): number =>
  Number(/health at .*:(\d+)\/health/.exec(host.logs.find(({ text }) => text.includes('health at'))?.text ?? '')?.[1]);

async function withGateway(
  parts: Omit<Parameters<typeof TestGateway.open>[0], 'routes'> & { readonly routes?: Record<string, string> },
  use: (host: TestGateway, port: number) => Promise<void>,
): Promise<void> {
  const host = await TestGateway.open({ routes: {}, ...parts });
  try {
    await use(host, portOf(host));
  } finally {
    await host.close();
  }
}

test('says that all is well, live and ready, in the form of its schema', () =>
  withGateway(
    {
      modules: { works: WORKS },
      gateway: { deviceId: 'gw', devices: {}, stateFolder: '.', metrics: { port: 0 } },
    },
    async (_, port) => {
      const { status, type, body } = await until('it to be well', async () => {
        const answer = await ask(port, '/health');
        return answer.body.status === 'pass' && answer.body.disk !== undefined && answer;
      });
      assert.deepEqual([status, type], [200, 'application/json; charset=utf-8']);
      assert.ok(accepts(healthShape.schema as JsonObject, body as unknown as JsonValue));
      const [module] = body.modules;
      assert.deepEqual(
        { ...module, events: 0 },
        { name: 'works', state: 'running', restarts: 0, events: 0, status: 'pass' },
      );
      assert.ok((module?.events as number) > 0);
      assert.ok((body.disk?.totalBytes as number) > 0);
      for (const path of ['/health/live', '/health/ready']) {
        const { status, body } = await ask(port, path);
        assert.deepEqual([status, body], [200, { status: 'pass', reasons: [] } as unknown as Health]);
      }
    },
  ));

test('what one module, a device or the hub does is a warning, by code and without a word of theirs', () =>
  withGateway(
    {
      modules: { works: WORKS, traps: { wasm: compileWat(TRAPS) }, missing: {} },
      gateway: {
        deviceId: 'gw',
        uplink: { url: 'mqtt://127.0.0.1:1', authentication: { type: 'none' } },
        devices: { pump: { type: 'mqtt-broker', url: 'mqtt://127.0.0.1:1' } },
        metrics: { port: 0 },
      },
      routes: { up: 'FROM /messages/modules/works/* INTO $upstream' },
    },
    async (_, port) => {
      const { status, body } = await until('the faults to be known', async () => {
        const answer = await ask(port, '/health');
        const isKnown = answer.body.ready && answer.body.uplink?.code !== undefined && answer.body.devices[0]?.code;
        return isKnown !== false && isKnown !== undefined && answer;
      });
      assert.equal(status, 200);
      assert.equal(body.status, 'warn');
      const states = Object.fromEntries(body.modules.map(({ name, status, code }) => [name, [status, code]]));
      assert.deepEqual(states['works'], ['pass', undefined]);
      assert.deepEqual(states['traps'], ['warn', 'MODULE_TRAPPED']);
      assert.deepEqual(states['missing'], ['warn', 'MODULE_MISSING']);
      assert.equal(body.uplink?.code, 'UPLINK_UNREACHABLE');
      assert.deepEqual(body.devices, [{ name: 'pump', status: 'warn', state: 'waiting', code: 'DEVICE_UNREACHABLE' }]);
      assert.ok(!JSON.stringify(body).includes('127.0.0.1'), 'no address');
    },
  ));

test('while it stops it is live and not ready', () =>
  withGateway({ modules: { works: WORKS }, gateway: { deviceId: 'gw', metrics: { port: 0 } } }, async (host, port) => {
    await until('it to be ready', async () => (await ask(port, '/health/ready')).status === 200);
    const closing = host.gateway.close();
    const health = await host.gateway.health();
    assert.deepEqual([health.live, health.ready, health.reasons], [true, false, ['the host is stopping']]);
    await closing;
  }));

test('a beat is good only after the threads of the modules have answered: one that is busy for long is missed', async () => {
  const beats: boolean[] = [];
  const LARGE = { fuelPerCall: 2_000_000_000, fuelPerSecond: 100_000_000_000, fuelBurst: 100_000_000_000 };
  await withGateway(
    {
      modules: { hanging: { wasm: HANGING, settings: { limits: LARGE } } },
      gateway: { deviceId: 'gw' },
      beatEveryMs: 5,
      onBeat: ({ isAnswered }) => beats.push(isAnswered),
    },
    async (host) => {
      await host.reaches('hanging', 'running');
      await until('a good beat', () => beats.at(-1));
      const from = beats.length;
      await host.gateway.invokeMethod('hanging', 'x', undefined);
      assert.ok(beats.slice(from).includes(false));
      await until('a good beat again', () => beats.at(-1));
    },
  );
});

test.run();
