import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { STATUS } from '../../../host/src/abi/constants.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { mosquittoPub } from '../../peers/mosquitto-pub.ts';
import { PahoClient, type PahoOptions } from '../../peers/paho-client.ts';
import { listenerOf, MqttRig, portOf } from '../../unit/host/drivers/mqtt/mqtt-rig.ts';
import { Authority } from '../uplink/certificates.ts';

const test = suite('MQTT listener with mosquitto_pub and paho', {
  needs: [TOOLS.mosquittoClients, TOOLS.pahoMqtt, TOOLS.openssl],
  timeoutMs: 40_000,
});
const run = promisify(execFile);

const BOILER = { username: 'boiler', password: 'value-of-BOILER' };
const AS_BOILER = ['-u', BOILER.username, '-P', BOILER.password];

interface Rig {
  readonly rig: MqttRig;
  readonly port: number;
  /** Starts a paho client as the boiler. */
  client(changes?: Partial<PahoOptions>): Promise<PahoClient>;
}

async function withListener(
  changes: Parameters<typeof listenerOf>[0],
  body: (rig: Rig) => Promise<void>,
): Promise<void> {
  const rig = await MqttRig.open({ sensors: listenerOf(changes) });
  const clients: PahoClient[] = [];
  try {
    const port = await portOf(rig, 'sensors');
    await body({
      rig,
      port,
      async client(options = {}) {
        const client = await PahoClient.open({ port, ...BOILER, ...options });
        clients.push(client);
        return client;
      },
    });
  } finally {
    for (const client of clients) await client.close();
    await rig.close();
  }
}

test('what mosquitto_pub sends enters the routes in the name of its user', () =>
  withListener({}, async ({ rig, port }) => {
    await mosquittoPub(port, 'boiler/temperature', '{"t":61}', ...AS_BOILER);
    assert.deepEqual(rig.arrived, [{ leaf: 'boiler', properties: { topic: 'boiler/temperature' }, text: '{"t":61}' }]);
  }));

test('over TLS only, when it has a certificate', async () => {
  const authority = new Authority();
  try {
    const files = authority.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);
    await withListener({ ...files }, async ({ rig, port, client }) => {
      const paho = await client({ ca: authority.ca.certificate });
      paho.publish('boiler/a', 'secret');
      await paho.sees('acked');
      assert.deepEqual(rig.texts, ['secret']);
      await mosquittoPub(port, 'boiler/b', 'too', ...AS_BOILER, '--cafile', authority.ca.certificate);
      await assert.rejects(() => mosquittoPub(port, 'boiler/c', 'plain', ...AS_BOILER), /.*/);
      assert.deepEqual(rig.texts, ['secret', 'too']);
    });
  } finally {
    authority.close();
  }
});

test('much at once over TLS reaches a client that reads', async () => {
  const authority = new Authority();
  try {
    const files = authority.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);
    await withListener({ ...files }, async ({ rig, client }) => {
      const paho = await client({ ca: authority.ca.certificate });
      await paho.subscribe('boiler/cmd/#');
      const burst = Array.from({ length: 16 }, () => rig.publish('sensors', 'boiler/cmd/a', 'x'.repeat(60_000)));
      await Promise.all(burst);
      await until('all of it', () => paho.count('message') === burst.length);
      assert.equal(rig.status('sensors')['cutOff'], 0);
    });
  } finally {
    authority.close();
  }
});

test('who has no name, a wrong password or an unknown name is refused, and that is a security event', () =>
  withListener({}, async ({ rig, port }) => {
    for (const [args, why] of [
      [[], /no user name/],
      [['-u', 'boiler', '-P', 'wrong'], /password is wrong/],
      [['-u', 'nobody', '-P', BOILER.password], /no such user/],
    ] as const) {
      const before = rig.attacks.length;
      await assert.rejects(() => mosquittoPub(port, 'boiler/a', 'x', ...args), /.*/);
      if (rig.attacks.length > before) assert.match(rig.attacks.at(-1)!.text, why);
    }
    assert.equal(rig.status('sensors')['refusedLogins'], 3);
    assert.deepEqual(
      rig.attacks.map(({ leaf, code }) => [leaf, code]),
      [
        ['sensors', 'LISTENER_LOGIN'],
        ['boiler', 'LISTENER_LOGIN'],
      ],
      'once for each subject; names that clients make up are none',
    );
    assert.deepEqual(rig.arrived, []);
  }));

test('clients without a name are let in where that is said, and may do no more than that says', () =>
  withListener({ anonymous: { publish: ['open/#'], subscribe: [] } }, async ({ rig, port }) => {
    await mosquittoPub(port, 'open/a', 'yes');
    await assert.rejects(() => mosquittoPub(port, 'boiler/a', 'no'), /.*/);
    assert.deepEqual(rig.arrived, [{ leaf: 'sensors', properties: { topic: 'open/a' }, text: 'yes' }]);
  }));

test('a topic outside the permissions ends the connection unacknowledged, and that is a security event', () =>
  withListener({}, async ({ rig, client }) => {
    const paho = await client();
    paho.publish('office/lamp', 'no');
    await paho.sees('disconnect');
    assert.equal(paho.count('acked'), 0);
    assert.deepEqual(rig.arrived, []);
    assert.equal(rig.attacks[0]?.code, 'LISTENER_DENIED');
    assert.match(rig.attacks[0]!.text, /boiler at sensors: may not publish to "office\/lamp"/);
  }));

test('subscriptions are granted as far as permissions go, and get what modules publish and what other leaves may publish', () =>
  withListener(
    {
      users: {
        boiler: { password: { secret: 'BOILER' }, publish: [], subscribe: [] },
        valve: { password: { secret: 'VALVE' }, publish: ['valve/#'], subscribe: [] },
      },
      publish: ['%u/#'],
      subscribe: ['%u/cmd', 'valve/state'],
    },
    async ({ rig, client }) => {
      const boiler = await client();
      const valve = await client({ username: 'valve', password: 'value-of-VALVE' });
      assert.equal(await boiler.subscribe('boiler/cmd'), 1);
      assert.equal(await boiler.subscribe('valve/state'), 1);
      for (const filter of ['valve/cmd', '#', '+/state', '$SYS/#', 'boiler/#'])
        assert.equal(await boiler.subscribe(filter), 128, filter);
      assert.equal((await rig.publish('sensors', 'boiler/cmd', 'heat')).status, STATUS.ok);
      valve.publish('valve/state', 'open');
      await until('both messages', () => boiler.count('message') === 2);
      assert.deepEqual(
        boiler.events.filter(({ event }) => event === 'message').map(({ topic, text }) => [topic, text]),
        [
          ['boiler/cmd', 'heat'],
          ['valve/state', 'open'],
        ],
      );
      // What modules publish is not theirs to get.
      assert.deepEqual(rig.texts, ['open']);
    },
  ));

test('what is retained is there for who subscribes later', () =>
  withListener({}, async ({ rig, port, client }) => {
    await rig.publish('sensors', 'boiler/cmd/limit', '60', { retain: true });
    const paho = await client();
    assert.equal(await paho.subscribe('boiler/cmd/#'), 1);
    const message = await paho.sees('message');
    assert.deepEqual([message.text, message.retain], ['60', true]);
    const { stdout } = await run('mosquitto_sub', [
      '-p',
      String(port),
      ...AS_BOILER,
      '-t',
      'boiler/cmd/#',
      '-C',
      '1',
      '-W',
      '5',
    ]);
    assert.equal(stdout.trim(), '60');
  }));

test('the acknowledgement of QoS 1 comes when routes have the message, not before, and then in order', () =>
  withListener({}, async ({ rig, client }) => {
    rig.room = 2;
    const paho = await client();
    const bodies = Array.from({ length: 50 }, (_, n) => `m${n}`);
    for (const body of bodies) paho.publish('boiler/a', body);
    await until('the first two', () => paho.count('acked') === 2);
    // Others are not held up by one that waits.
    const other = await client();
    assert.equal(await other.subscribe('boiler/cmd/a'), 1);
    assert.equal((await rig.publish('sensors', 'boiler/cmd/a', 'x')).status, STATUS.ok);
    await other.sees('message');
    assert.equal(paho.count('acked'), 2);
    rig.room = Number.POSITIVE_INFINITY;
    await until('all of them', () => paho.count('acked') === bodies.length);
    assert.deepEqual(rig.texts, bodies);
  }));

test('the will of a client that is lost enters the routes, that of one that says good-bye does not', () =>
  withListener({}, async ({ rig, client }) => {
    const polite = await client({ will: 'boiler/polite' });
    polite.end();
    await polite.sees('disconnect');
    const lost = await client({ will: 'boiler/lost' });
    await lost.close();
    await until('the will', () => rig.arrived.length === 1);
    assert.equal(rig.arrived[0]?.properties['topic'], 'boiler/lost');
  }));

test('a second client with the same id takes over only what is of its own user', () =>
  withListener(
    {
      users: {
        boiler: { password: { secret: 'BOILER' }, publish: [], subscribe: [] },
        valve: { password: { secret: 'VALVE' }, publish: [], subscribe: [] },
      },
    },
    async ({ rig, client }) => {
      const first = await client({ clientId: 'one' });
      await client({ clientId: 'one', username: 'valve', password: 'value-of-VALVE' });
      assert.deepEqual(rig.status('sensors')['connected'], { boiler: 1, valve: 1 });
      await client({ clientId: 'one' });
      await first.sees('disconnect');
      await until('one of each', () => JSON.stringify(rig.status('sensors')['connected']) === '{"boiler":1,"valve":1}');
    },
  ));

test.run();
