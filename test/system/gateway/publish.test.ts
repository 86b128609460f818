import { listenerWasm } from '../../lib/listener.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { withHubDouble } from '../uplink/hub-double.ts';

const test = suite('messages of the host itself', { timeoutMs: 30_000 });
const GATEWAY = { deviceId: 'gw-1', devices: {} };
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
/** Nothing but these tests sends there. */
const FROM_X = 'FROM /messages/modules/$edgeAgent/outputs/x';
const TO_LISTENER = 'INTO BrokeredEndpoint("/modules/listener/inputs/in")';

/** A gateway with a listener and these routes. */
async function withRoutes(routes: Record<string, string>, body: (host: TestGateway) => Promise<void>): Promise<void> {
  const host = await TestGateway.open({ modules: { listener: { wasm: listenerWasm() } }, routes, gateway: GATEWAY });
  try {
    await host.reaches('listener', 'running');
    await body(host);
  } finally {
    await host.close();
  }
}

test('come from $edgeAgent, pass conditions on body, properties and sender, and are counted', () =>
  withRoutes(
    {
      all: `FROM /messages/modules/$edgeAgent/outputs/x WHERE $body.n > 1 AND kind = 'x' AND $connectionModuleId = '$edgeAgent' ${TO_LISTENER}`,
      other: `FROM /messages/modules/$edgeAgent/outputs/other ${TO_LISTENER}`,
    },
    async (host) => {
      assert.deepEqual(
        host.problems.filter(({ code }) => code.startsWith('ROUTE_')),
        [],
      );
      const { gateway } = host;
      assert.deepEqual(gateway.publish('x', json({ n: 1 }), [['kind', 'x']]), { delivered: 0, dropped: 0 });
      assert.deepEqual(gateway.publish('x', json({ n: 2 }), [['kind', 'x']]), { delivered: 1, dropped: 0 });
      await until('the message', () => gateway.reported('listener')['body'] !== undefined);
      assert.deepEqual(gateway.reported('listener'), { from: 'gw-1/$edgeAgent/x', body: { n: 2 } });
      const { routes } = await gateway.status();
      assert.deepEqual(routes, [
        { name: 'all', matched: 1, dropped: 0 },
        { name: 'other', matched: 0, dropped: 0 },
      ]);
    },
  ));

test('reach an input once, however many routes lead there', () =>
  withRoutes({ a: `${FROM_X} ${TO_LISTENER}`, b: `${FROM_X} WHERE $body.n = 1 ${TO_LISTENER}` }, async (host) => {
    assert.deepEqual(host.gateway.publish('x', json({ n: 1 })), { delivered: 1, dropped: 0 });
    await until('the message', () => host.gateway.reported('listener')['body'] !== undefined);
    const { modules, routes } = await host.gateway.status();
    assert.equal(modules[0]?.queues[0]?.waiting, 0);
    assert.deepEqual(
      routes.map(({ matched }) => matched),
      [1, 1],
    );
  }));

test('without an uplink, what routes take upstream is dropped and counted', () =>
  withRoutes({ up: `${FROM_X} INTO $upstream` }, async (host) => {
    assert.deepEqual(host.gateway.publish('x', json({ n: 1 })), { delivered: 0, dropped: 1 });
    assert.deepEqual((await host.gateway.status()).routes, [{ name: 'up', matched: 1, dropped: 1 }]);
  }));

test('go to the hub in the name of the device, said to be JSON', () =>
  withHubDouble({ versions: [5] }, async (hub) => {
    const host = await TestGateway.open({
      modules: {},
      routes: { up: `${FROM_X} INTO $upstream` },
      gateway: { ...GATEWAY, uplink: { url: hub.url, authentication: { type: 'none' } } },
    });
    try {
      host.gateway.publish('x', json({ n: 1 }), [['kind', 'x']]);
      await until('the message', () => hub.published.length === 1);
      const [{ topic, body }] = hub.published as [(typeof hub.published)[number]];
      assert.match(
        decodeURIComponent(topic),
        /^devices\/gw-1\/messages\/events\/kind=x&\$\.mid=[0-9a-f]+-x-1&\$\.ct=application\/json/,
      );
      assert.equal(body, '{"n":1}');
    } finally {
      await host.close();
    }
  }));

test('what finds no room is dropped and counted, and nothing waits', () =>
  withRoutes({ all: `${FROM_X} ${TO_LISTENER}` }, async (host) => {
    const body = json('x'.repeat(60_000));
    let dropped = 0;
    // The ring into the cell holds fewer, and the cell cannot take them away as fast.
    for (let n = 0; n < 1_000; n++) dropped += host.gateway.publish('x', body).dropped;
    assert.ok(dropped > 0);
    assert.ok((await host.gateway.status()).routes[0]!.dropped >= dropped);
  }));

test.run();
