import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { METRICS } from '../../../host/src/metrics/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { compileWat, FORWARD_WAT, guestWat } from '../../lib/wat.ts';

const test = suite('/metrics', { timeoutMs: 60_000 });
const PARSER = fileURLToPath(new URL('../../peers/prometheus-parser.py', import.meta.url));
const TRAPS = guestWat({ handle: '(if (i32.eq (local.get $kind) (i32.const 1)) (then unreachable)) (i32.const 0)' });

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly value: number;
  }[];
}

const parse = (text: string): Family[] =>
  JSON.parse(execFileSync('/usr/bin/python3', [PARSER], { input: text, encoding: 'utf8' })) as Family[];

/** A gateway with a module that works, one that traps, a device that is away and a hub that is away. */
async function withGateway(use: (host: TestGateway, port: number) => Promise<void>): Promise<void> {
  const host = await TestGateway.open({
    modules: { works: { wasm: compileWat(FORWARD_WAT) }, traps: { wasm: compileWat(TRAPS) } },
    routes: { 'a"b\\c': 'FROM /messages/modules/works/* INTO BrokeredEndpoint("/modules/works/inputs/in")' },
    gateway: {
      deviceId: 'gw',
      uplink: { url: 'mqtt://127.0.0.1:1', authentication: { type: 'none' } },
      devices: { pump: { type: 'modbus-tcp', host: '127.0.0.1', port: 1 } },
      metrics: { port: 0 },
    },
  });
  try {
    await host.reaches('works', 'running');
    const line = host.logs.find(({ text }) => text.startsWith('metrics are at'))?.text ?? '';
    await use(host, Number(/:(\d+)\/metrics/.exec(line)?.[1]));
  } finally {
    await host.close();
  }
}

function ask(
  port: number,
  path = '/metrics',
  method = 'GET',
): Promise<{ status: number; type: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode as number, type: response.headers['content-type'], body }),
      );
    });
    call.on('error', reject).end();
  });
}

test(
  'is what an independent parser reads: every sample belongs to a metric with its type and labels',
  () =>
    withGateway(async (_, port) => {
      const { status, type, body } = await until('traps', async () => {
        const answer = await ask(port);
        return /gatehouse_traps_total.* [2-9]/.test(answer.body) && answer;
      });
      assert.equal(status, 200);
      assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
      const families = parse(body);
      const found = new Map<string, Family['samples'][number][]>();
      for (const { samples, type } of families)
        for (const sample of samples) {
          const metric = METRICS.find(({ name }) => name === sample.name);
          assert.ok(metric !== undefined, sample.name);
          assert.equal(type, metric.type, sample.name);
          const { iothub, edge_device, instance_number, ...own } = sample.labels;
          assert.deepEqual([iothub, edge_device], ['127.0.0.1', 'gw']);
          assert.match(instance_number as string, /^[0-9a-f]{12}$/);
          assert.deepEqual(Object.keys(own).sort(), [...metric.labels].sort(), sample.name);
          assert.ok(Number.isFinite(sample.value), `${sample.name} ${sample.value}`);
          found.set(sample.name, [...(found.get(sample.name) ?? []), sample]);
        }
      const figure = (name: string, labels: Record<string, string>): number | undefined =>
        found.get(name)?.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
          ?.value;
      assert.ok((figure('gatehouse_traps_total', { module: 'traps', code: 'MODULE_TRAPPED' }) as number) >= 2);
      assert.equal(figure('gatehouse_module_state', { module: 'works', state: 'running' }), 1);
      assert.equal(figure('edgeAgent_module_start_total', { module_name: 'works', module_version: '1.0.0' }), 1);
      assert.equal(figure('gatehouse_route_matched_total', { route: 'a"b\\c' }), 0);
      assert.equal(figure('gatehouse_uplink_connected', {}), 0);
      assert.ok((figure('gatehouse_fuel_used_total', { module: 'works' }) as number) > 0);
      assert.ok((figure('gatehouse_device_total', { device: 'pump', figure: 'reads' }) as number) >= 0);
    }),
  { needs: [TOOLS.prometheusParser] },
);

test('answers GET and HEAD at its path, and refuses everything else', () =>
  withGateway(async (_, port) => {
    assert.equal((await ask(port, '/metrics?x=1')).status, 200);
    const head = await ask(port, '/metrics', 'HEAD');
    assert.deepEqual([head.status, head.body], [200, '']);
    for (const path of ['/', '/metrics/', '/metric', '//metrics', '/../metrics'])
      assert.equal((await ask(port, path)).status, 404);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      assert.equal((await ask(port, '/metrics', method)).status, 405);
  }));

test('many connections that say nothing do not keep the gateway from working or closing', () =>
  withGateway(async (host, port) => {
    const sockets: Socket[] = [];
    for (let n = 0; n < 50; n++) sockets.push(connect(port, '127.0.0.1').on('error', () => {}));
    const idle = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of sockets) socket.resume();
    // Those that are too many are closed at once, the others when the gateway ends.
    await Promise.race(idle);
    assert.ok((await host.gateway.status()).modules.length === 2);
    await host.gateway.close();
    await Promise.all(idle);
  }));

test('an address that is in use is reported, and the gateway works without', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const host = await TestGateway.open({
    modules: { works: { wasm: compileWat(FORWARD_WAT) } },
    routes: {},
    gateway: { deviceId: 'gw', devices: {}, metrics: { port } },
  });
  try {
    await host.reaches('works', 'running');
    assert.ok(host.logs.some(({ code }) => code === 'METRICS_UNAVAILABLE'));
  } finally {
    await host.close();
    server.close();
  }
});

test.run();
