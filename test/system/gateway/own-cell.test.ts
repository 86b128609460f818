import type { Worker } from 'node:worker_threads';
import { counterWasm, senderWasm } from '../../lib/counting.ts';
import { listenerWasm } from '../../lib/listener.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { withThreads } from '../../lib/threads.ts';
import { until } from '../../lib/until.ts';
import { compileWat, FORWARD_WAT, guestWat, MESSAGE_IMPORTS } from '../../lib/wat.ts';

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

/** Emits on `out` when a direct method is called, and traps. */
const TRAPPING = compileWat(
  guestWat({
    imports: MESSAGE_IMPORTS,
    data: '(data (i32.const 0) "out")',
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (call $output (i32.const 0) (i32.const 3)))))
      (if (i32.ne (local.get $kind) (i32.const 5)) (then (return (i32.const 0))))
      (if (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4))
        (then (return (i32.const 9))))
      unreachable`,
  }),
);

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

/** Ends the thread of the nth cell, the shared one first, in the middle of its work. */
const lose = (threads: readonly Worker[], index: number) => threads[index]?.terminate();

const startsOf = (host: TestGateway, module: string) =>
  host.states.filter((notice) => notice.module === module && notice.state === 'running').length;

test('[wait] a receiver whose thread is lost starts again by itself, and its producers go on where they were', () =>
  withThreads((threads) =>
    withGateway(
      {
        modules: {
          sender: { wasm: senderWasm(2_000_000_000), settings: { limits: FAST } },
          counter: {
            wasm: counterWasm(1_000),
            settings: { ...OWN, inputs: { in: { bytes: 4_096, policy: 'wait' } } },
          },
        },
        routes: { a: `${from('sender')} ${into('counter')}` },
      },
      async (host) => {
        for (let times = 1; times <= 3; times++) {
          await until('messages', async () => (await counted(host, 'counter'))[0] > 1_000);
          await lose(threads, times);
          await until('another thread', () => startsOf(host, 'counter') === times + 1);
        }
        await until('messages', async () => (await counted(host, 'counter'))[0] > 1_000);
        assert.equal(startsOf(host, 'sender'), 1);
        const failed = host.states.filter(({ state }) => state === 'failed').map(({ module, code }) => [module, code]);
        assert.deepEqual(
          failed,
          Array.from({ length: 3 }, () => ['counter', 'CELL_LOST']),
        );
      },
    ),
  ));

test('[wait] a producer whose thread is lost leaves nothing set aside that it never sent', () =>
  withThreads((threads) =>
    withGateway(
      {
        modules: {
          sender: { wasm: senderWasm(TOTAL), settings: { ...OWN, limits: FAST } },
          // Room for one message: what is set aside in vain would stop everything.
          counter: { wasm: counterWasm(1_000), settings: { inputs: { in: { bytes: 80, policy: 'wait' } } } },
        },
        routes: { a: `${from('sender')} ${into('counter')}` },
      },
      async (host) => {
        let before = 0;
        for (let times = 1; times <= 4; times++) {
          await until('messages', async () => (await counted(host, 'counter'))[0] > before + 20);
          [before] = await counted(host, 'counter');
          await lose(threads, times);
          await until('another thread', () => startsOf(host, 'sender') === times + 1);
        }
        await until('messages', async () => (await counted(host, 'counter'))[0] > before + 20);
        assert.equal(startsOf(host, 'counter'), 1);
      },
    ),
  ));

test('[ABI-3.2] an event that traps sends nothing to other cells', () =>
  withGateway(
    {
      modules: {
        trapping: { wasm: TRAPPING, settings: OWN },
        counter: { wasm: counterWasm(), settings: { inputs: { in: { bytes: 4_096, policy: 'wait' } } } },
      },
      routes: { a: `${from('trapping')} ${into('counter')}` },
    },
    async (host) => {
      for (const module of ['trapping', 'counter']) await host.reaches(module, 'running');
      for (let times = 0; times < 3; times++) {
        assert.deepEqual(await host.gateway.invokeMethod('trapping', 'x', undefined), { status: 500 });
        await host.reaches('trapping', 'running');
      }
      assert.deepEqual(await counted(host, 'counter'), [0, 0]);
      const { modules } = await host.gateway.status();
      assert.equal(modules[0]?.counters.trapped, 3);
    },
  ));

test.run();
