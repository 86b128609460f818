import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { withHubDouble } from './hub-double.ts';
import { withUplink } from './observed-uplink.ts';

const test = suite('uplink and what a hub announces', { timeoutMs: 30_000 });

const SHARED = { 'gatehouse-identities': 'shared' };

test('sends for all identities over the connection of the device when a hub says that it may', () =>
  withHubDouble({ versions: [5], userProperties: SHARED }, (hub) =>
    withUplink({ url: hub.url }, async (observed) => {
      observed.send('a', '1');
      observed.send('b', '2');
      await observed.acknowledged(2);
      assert.deepEqual(hub.clientIds, ['pump-7']);
      const topics = hub.published.map(({ topic }) => topic.replace(/%24.*/, '')).toSorted();
      assert.deepEqual(topics, [
        'devices/pump-7/modules/a/messages/events/',
        'devices/pump-7/modules/b/messages/events/',
      ]);
      hub.dropAll();
      observed.send('a', '3');
      await observed.acknowledged(3);
      assert.deepEqual(hub.clientIds, ['pump-7', 'pump-7']);
    }),
  ));

for (const [title, userProperties] of [
  ['says nothing', undefined],
  ['says something else', { 'gatehouse-identities': 'separate' }],
] as const) {
  test(`opens a connection for each identity when a hub ${title}`, () =>
    withHubDouble({ versions: [5], ...(userProperties && { userProperties }) }, (hub) =>
      withUplink({ url: hub.url }, async (observed) => {
        observed.send('a', '1');
        observed.send('b', '2');
        await observed.acknowledged(2);
        assert.deepEqual(hub.clientIds, ['pump-7', 'pump-7/a', 'pump-7/b']);
      }),
    ));
}

for (const refusal of ['connack', 'close'] as const) {
  test(`speaks MQTT 3.1.1 to a hub that knows nothing else (${refusal}), one connection each`, () =>
    withHubDouble({ versions: [4], refusal, userProperties: SHARED }, (hub) =>
      withUplink({ url: hub.url }, async (observed) => {
        observed.send('a', '1');
        await observed.acknowledged(1);
        assert.deepEqual(
          hub.connects.map(({ clientId, protocolVersion }) => [clientId, protocolVersion]),
          [
            ['pump-7', 5],
            ['pump-7', 4],
            ['pump-7/a', 4],
          ],
        );
        assert.deepEqual(observed.states, ['pump-7 connected', 'pump-7/a connected']);
      }),
    ));
}

test('speaks MQTT 3.1.1 to aedes', async () => {
  const broker = await Aedes.createBroker({ concurrency: 0 });
  const server = createServer(broker.handle);
  const topics: string[] = [];
  broker.on('publish', ({ topic }) => topics.push(topic));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as { port: number };
    await withUplink({ url: `mqtt://127.0.0.1:${port}` }, async (observed) => {
      observed.send('a', '1');
      await observed.acknowledged(1);
      assert.ok(topics.includes('devices/pump-7/modules/a/messages/events/%24.on=o&%24.ct=text%2Fplain/'));
      assert.equal(observed.uplink.status().connections[0]!.mqttVersion, '3.1.1');
    });
  } finally {
    server.close();
    await new Promise<void>((resolve) => broker.close(resolve));
  }
});

test('renews a SAS token by connecting anew, never twice at a time, and loses nothing meanwhile', () =>
  withHubDouble({ versions: [4] }, (hub) =>
    withUplink(
      {
        url: hub.url,
        hostName: 'hub.example',
        authentication: { type: 'sas', key: 'c2VjcmV0' },
        connections: 'per-identity',
      },
      async (observed) => {
        let sent = 0;
        const stream = setInterval(() => observed.send('a', String(sent++)), 2);
        try {
          await until('three renewals', () => hub.connects.length >= 4);
        } finally {
          clearInterval(stream);
        }
        await observed.acknowledged(sent);
        assert.equal(hub.evicted, 0);
        assert.deepEqual(
          hub.published.map(({ body }) => body),
          Array.from({ length: sent }, (_, index) => String(index)),
        );
        assert.deepEqual(observed.states, ['pump-7/a connected']);
        for (const { clientId, username, password } of hub.connects) {
          assert.equal(clientId, 'pump-7/a');
          assert.equal(username, 'hub.example/pump-7/a/?api-version=2021-04-12');
          const [, sr, sig, se] = /^SharedAccessSignature sr=(.*)&sig=(.*)&se=(.*)$/.exec(String(password))!;
          assert.equal(decodeURIComponent(sr!), 'hub.example/devices/pump-7/modules/a');
          const expected = createHmac('sha256', 'secret').update(`${sr}\n${se}`).digest('base64');
          assert.equal(decodeURIComponent(sig!), expected);
        }
      },
      { tokenLifeMs: 3_600_000, tokenMarginMs: 3_599_800 },
    ),
  ));

for (const [title, answer] of [
  ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['a packet that is not allowed', Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff, 0xff])],
  ['a second CONNACK', Buffer.from([0x20, 2, 0, 0, 0x20, 2, 0, 0])],
] as const) {
  test(`survives a server that answers with ${title}`, async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.on('error', () => {}).on('data', () => socket.write(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as { port: number };
      const config = { url: `mqtt://127.0.0.1:${port}`, connections: 'shared' } as const;
      await withUplink(config, async (observed) => {
        observed.send('a', '1');
        await observed.state('pump-7 disconnected UPLINK_UNREACHABLE');
        await until('another attempt', () => connections > 2);
        assert.equal(observed.uplink.status().queued, 1);
      });
    } finally {
      server.close();
    }
  });
}

test.run();
