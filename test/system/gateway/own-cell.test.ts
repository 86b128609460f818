import { counterWasm, senderWasm } from '../../lib/counting.ts';
import { listenerWasm } from '../../lib/listener.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { compileWat, FORWARD_WAT } from '../../lib/wat.ts';

const test = suite('modules with a cell of their own', { timeoutMs: 60_000 });
const GATEWAY = { deviceId: 'gw-1', devices: {} };
const FAST = { messagesPerSecond: 10_000_000 };
const OWN = { isolation: 'own-cell' };
const TOTAL = 10_000;
const into = (module: string) => `INTO BrokeredEndpoint("/modules/${module}/inputs/in")`;
const from = (module: string) => `FROM /messages/modules/${module}/outputs/out`;

async function withGateway(
  parts: Omit<Parameters<typeof TestGateway.open>[0], 'gateway'>,
  body: (host: TestGateway) => Promise<void>,
): Promise<void> {
  const host = await TestGateway.open({ ...parts, gateway: GATEWAY });
  try {
    await body(host);
  } finally {
    await host.close();
  }
}

/** What a counter has counted: messages, and gaps in their numbers. */
async function counted(host: TestGateway, module: string): Promise<readonly [number, number]> {
  const { payload = [0, 0] } = await host.gateway.invokeMethod(module, 'count', undefined);
  return payload as unknown as readonly [number, number];
}

for (const [where, sender, counter] of [
  ['to a cell of its own', {}, OWN],
  ['from a cell of its own', OWN, {}],
  ['between two of them', OWN, OWN],
] as const) {
  test(`[wait] loses no message and keeps their order ${where}, however slow the receiver is`, () =>
    withGateway(
      {
        modules: {
          sender: { wasm: senderWasm(TOTAL), settings: { ...sender, limits: FAST } },
          counter: {
            wasm: counterWasm(1_000),
            settings: { ...counter, inputs: { in: { bytes: 4_096, policy: 'wait' } } },
          },
        },
        routes: { a: `${from('sender')} ${into('counter')}` },
      },
      async (host) => {
        await until('all of them', async () => (await counted(host, 'counter'))[0] === TOTAL, 40_000);
        assert.deepEqual(await counted(host, 'counter'), [TOTAL, 0]);
        const { routes, modules } = await host.gateway.status();
        assert.equal(routes[0]!.matched - routes[0]!.dropped, TOTAL);
        const queue = modules.find(({ id }) => id === 'counter')!.queues[0]!;
        assert.equal(queue.capacityBytes, 4_096);
        assert.ok(queue.highWaterBytes <= 4_096, `${queue.highWaterBytes} bytes`);
        assert.equal(queue.dropped, 0);
      },
    ));
}

test('[wait] has room for so many bytes, whether producers are in its cell or in others', () =>
  withGateway(
    {
      modules: {
        near: { wasm: senderWasm(TOTAL), settings: { limits: FAST } },
        far: { wasm: senderWasm(TOTAL), settings: { ...OWN, limits: FAST } },
        counter: { wasm: counterWasm(), settings: { inputs: { in: { bytes: 2_048, policy: 'wait' } } } },
      },
      routes: { a: `${from('near')} ${into('counter')}`, b: `${from('far')} ${into('counter')}` },
    },
    async (host) => {
      await until('all of them', async () => (await counted(host, 'counter'))[0] === 2 * TOTAL, 40_000);
      const { modules } = await host.gateway.status();
      const queue = modules.find(({ id }) => id === 'counter')!.queues[0]!;
      assert.ok(queue.highWaterBytes <= 2_048, `${queue.highWaterBytes} bytes`);
    },
  ));

test('[drop-oldest] loses what its policy says and no more, in order, and counts it', () =>
  withGateway(
    {
      modules: {
        sender: { wasm: senderWasm(TOTAL), settings: { ...OWN, limits: FAST } },
        counter: { wasm: counterWasm(20_000), settings: { inputs: { in: { bytes: 1_024, policy: 'drop-oldest' } } } },
      },
      routes: { a: `${from('sender')} ${into('counter')}` },
    },
    async (host) => {
      const settled = async () => {
        const { modules, routes } = await host.gateway.status();
        const queue = modules.find(({ id }) => id === 'counter')!.queues[0];
        const [messages] = await counted(host, 'counter');
        return routes[0]!.matched === TOTAL && messages + (queue?.dropped ?? 0) + routes[0]!.dropped === TOTAL;
      };
      await until('every message to be counted somewhere', settled, 40_000);
      const [messages, gaps] = await counted(host, 'counter');
      assert.ok(messages < TOTAL && gaps > 0 && gaps < TOTAL - messages + 1, `${messages} messages, ${gaps} gaps`);
    },
  ));

test('[reject] loses what its policy says and no more, and counts it for the route', () =>
  withGateway(
    {
      modules: {
        sender: { wasm: senderWasm(TOTAL), settings: { limits: FAST } },
        counter: {
          wasm: counterWasm(20_000),
          settings: { ...OWN, inputs: { in: { bytes: 1_024, policy: 'reject' } } },
        },
      },
      routes: { a: `${from('sender')} ${into('counter')}` },
    },
    async (host) => {
      const settled = async () => {
        const { routes } = await host.gateway.status();
        return routes[0]!.matched === TOTAL && (await counted(host, 'counter'))[0] + routes[0]!.dropped === TOTAL;
      };
      await until('every message to be counted somewhere', settled, 40_000);
      assert.ok((await counted(host, 'counter'))[0] < TOTAL);
    },
  ));

test('messages go both ways, and keep who sent them', () =>
  withGateway(
    {
      modules: {
        sender: { wasm: senderWasm(1, 1, 0) },
        forward: { wasm: compileWat(FORWARD_WAT), settings: OWN },
        listener: { wasm: listenerWasm() },
      },
      routes: {
        a: `FROM /messages/modules/$edgeAgent/outputs/x ${into('forward')}`,
        b: `${from('forward')} ${into('listener')}`,
      },
    },
    async (host) => {
      for (const module of ['forward', 'listener']) await host.reaches(module, 'running');
      host.gateway.publish('x', new TextEncoder().encode('{"n":7}'));
      await until('the message', () => host.gateway.reported('listener')['body'] !== undefined);
      assert.deepEqual(host.gateway.reported('listener'), { from: 'gw-1/forward/out', body: { n: 7 } });
    },
  ));

test.run();
