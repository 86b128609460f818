import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Packet } from 'mqtt-packet';
import { STATUS } from '../../../host/src/abi/constants.ts';
import { MQTT_LIMITS } from '../../../host/src/drivers/mqtt/limits.ts';
import { PACKETS_AT_ONCE } from '../../../host/src/drivers/mqtt/listener/leaf-connection.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { connectPacket, RawMqttClient } from '../../peers/raw-mqtt-client.ts';
import { listenerOf, MqttRig, portOf } from '../../unit/host/drivers/mqtt/mqtt-rig.ts';

const test = suite('MQTT listener and clients that mean harm', { timeoutMs: 40_000 });

const USERS = {
  boiler: {
    password: { secret: 'BOILER' },
    publish: ['boiler/#'],
    subscribe: ['boiler/#'],
  },
};

async function withListener(
  changes: Parameters<typeof listenerOf>[0],
  body: (rig: MqttRig, port: number) => Promise<void>,
): Promise<void> {
  const rig = await MqttRig.open({ sensors: listenerOf({ users: USERS, ...changes }) });
  try {
    await body(rig, await portOf(rig, 'sensors'));
  } finally {
    await rig.close();
  }
}

/** A healthy client is served: what it publishes is acknowledged. */
async function assertServed(port: number): Promise<void> {
  const client = await RawMqttClient.open(port);
  client.publish('boiler/health', 'ok', 1);
  await client.sees('puback');
  client.close();
}

const attacksOf = (rig: MqttRig): string[] =>
  rig.attacks.map(({ code, text }) => `${code} ${text.replace(/^.*?: /, '')}`);

test('the embedded broker, set up as it is, survives that its only subscriber dies under a flood', async () => {
  const main = fileURLToPath(new URL('./broker-flood-main.ts', import.meta.url));
  await promisify(execFile)(process.execPath, ['--conditions=source', '--import', 'tsx', main]);
});

test('a subscriber that dies while publishers flood harms nobody', () =>
  withListener({ clientsPerUser: 64 }, async (rig, port) => {
    const publishers = await Promise.all(Array.from({ length: 10 }, () => RawMqttClient.open(port)));
    for (let round = 0; round < 5; round++) {
      const subscriber = await RawMqttClient.open(port);
      subscriber.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'boiler/#', qos: 1 }] } as Packet);
      await subscriber.sees('suback');
      const payload = Buffer.alloc(200);
      for (let n = 1; n <= 2_000; n++)
        for (const publisher of publishers) publisher.publish('boiler/flood', payload, n);
      await until('the flood to run', () => subscriber.count('publish') > 100);
      subscriber.socket.resetAndDestroy();
      await until(
        'all to be acknowledged',
        () => publishers.every((each) => each.count('puback') === (round + 1) * 2_000),
        30_000,
      );
    }
    assert.equal(rig.arrived.length, 100_000);
    await assertServed(port);
    for (const publisher of publishers) publisher.close();
  }));

test('one that does not read what it has subscribed to is cut off, and holds nobody up', () =>
  withListener({}, async (rig, port) => {
    const lazy = await RawMqttClient.open(port);
    lazy.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'boiler/#', qos: 0 }] } as Packet);
    await lazy.sees('suback');
    lazy.socket.pause();
    const publisher = await RawMqttClient.open(port);
    let sent = 0;
    await until('it to be cut off', async () => {
      for (let n = 0; n < 50; n++) publisher.publish('boiler/big', Buffer.alloc(8_000), (sent++ % 60_000) + 1);
      await until('acknowledgements', () => publisher.count('puback') === sent);
      return rig.status('sensors')['cutOff'] === 1;
    });
    assert.match(
      attacksOf(rig).join(),
      /^LISTENER_LIMIT a client is cut off: it (does not read|reads too slowly) what is sent to it$/,
    );
    publisher.close();
    lazy.close();
  }));

const GARBAGE: Readonly<Record<string, readonly [bytes: Buffer, why?: RegExp]>> = {
  'a packet that is longer than allowed': [Buffer.from([0x30, 0xff, 0xff, 0x03]), /longer than "packetBytes"/],
  'a length without an end': [Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]), /longer than "packetBytes"/],
  'a kind of packet that there is not': [Buffer.from([0xf0, 0x00]), /broke the protocol/],
  'a packet of a broker': [Buffer.from([0x20, 0x02, 0x00, 0x00])],
  'a topic that is no UTF-8': [Buffer.from([0x30, 0x05, 0x00, 0x02, 0xff, 0xfe, 0x41]), /may not publish to/],
  'a topic with a wildcard': [
    Buffer.from([0x30, 0x0b, 0x00, 0x08, ...Buffer.from('boiler/#'), 0x41]),
    /broke the protocol/,
  ],
  'a subscription to nothing': [Buffer.from([0x82, 0x02, 0x00, 0x01]), /broke the protocol/],
};

for (const [what, [bytes, why]] of Object.entries(GARBAGE))
  test(`${what} ends the connection, and no other`, () =>
    withListener({}, async (rig, port) => {
      const evil = await RawMqttClient.open(port);
      evil.socket.write(bytes);
      await evil.closed();
      if (why !== undefined) {
        await until('it to be told', () => rig.attacks.length > 0);
        assert.match(attacksOf(rig)[0]!, why);
      }
      await assertServed(port);
    }));

test('what comes before CONNECT, and a second CONNECT, end the connection', () =>
  withListener({}, async (_rig, port) => {
    const early = await RawMqttClient.connect(port);
    early.publish('boiler/a', 'x');
    await early.closed();
    const twice = await RawMqttClient.open(port);
    twice.send(connectPacket());
    await twice.closed();
    await assertServed(port);
  }));

test('who does not log in in time, or falls silent, is cut off; who pings is not', () =>
  withListener({ connectMs: 200, silenceSeconds: 1 }, async (rig, port) => {
    const mute = await RawMqttClient.connect(port);
    const slow = await RawMqttClient.connect(port);
    slow.socket.write(Buffer.from([0x10, 0x20, 0x00]));
    const pinging = await RawMqttClient.open(port, { keepalive: 1 });
    const silent = await RawMqttClient.open(port, { keepalive: 1_000 });
    const pings = setInterval(() => pinging.send({ cmd: 'pingreq' }), 200);
    try {
      await Promise.all([mute.closed(), slow.closed(), silent.closed()]);
      assert.equal(pinging.socket.closed, false);
      assert.deepEqual(attacksOf(rig), [
        'LISTENER_LIMIT a client is cut off: it did not log in in time',
        'LISTENER_LIMIT a client is cut off: it gave no sign of life',
      ]);
    } finally {
      clearInterval(pings);
      pinging.close();
    }
  }));

test('however many connect and say nothing, one that logs in at once gets in', () =>
  withListener({ clients: 4 }, async (rig, port) => {
    const mute: RawMqttClient[] = [];
    for (let n = 0; n < 3 * MQTT_LIMITS.unknownClients; n++) {
      mute.push(await RawMqttClient.connect(port));
      if (n % 32 === 0) await assertServed(port);
    }
    await until(
      'the first to be cut off',
      () => rig.status('sensors')['unknownClients'] === MQTT_LIMITS.unknownClients,
    );
    assert.equal(rig.attacks[0]?.code, 'LISTENER_LIMIT');
    assert.match(attacksOf(rig)[0]!, /too many connections have not logged in/);
    for (const client of mute) client.close();
  }));

test('more connections than one user, or all, may have are refused, and those that are there stay', () =>
  withListener({ clients: 3, clientsPerUser: 2 }, async (rig, port) => {
    const two = [await RawMqttClient.open(port), await RawMqttClient.open(port)];
    await assert.rejects(() => RawMqttClient.open(port), /refused with 3/);
    assert.match(attacksOf(rig)[0]!, /LISTENER_LIMIT .*as many connections as there may be/);
    two[0]!.publish('boiler/a', 'x', 1);
    await two[0]!.sees('puback');
    two[1]!.close();
    await until('room', () => rig.status('sensors')['clients'] === 1);
    await assertServed(port);
    two[0]!.close();
  }));

test('one subscription more than there may be is refused', () =>
  withListener({}, async (rig, port) => {
    const client = await RawMqttClient.open(port);
    for (let n = 0; n <= MQTT_LIMITS.subscriptions; n++)
      client.send({ cmd: 'subscribe', messageId: n + 1, subscriptions: [{ topic: `boiler/${n}`, qos: 0 }] } as Packet);
    await until('all answers', () => client.count('suback') === MQTT_LIMITS.subscriptions + 1);
    const granted = client.packets.flatMap((packet) => (packet.cmd === 'suback' ? (packet.granted as number[]) : []));
    assert.equal(granted.filter((code) => code === 128).length, 1);
    assert.equal(rig.status('sensors')['denied'], 1);
    client.close();
  }));

test('what is retained has a room of fixed size, from clients and from modules', () =>
  withListener({ packetBytes: 65_536 }, async (rig, port) => {
    const client = await RawMqttClient.open(port);
    const retained = (topic: string, payload: Buffer, messageId: number) =>
      client.send({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: true, messageId } as Packet);
    for (let n = 1; n <= 40; n++) retained(`boiler/${n}`, Buffer.alloc(60_000), n);
    await until('all to be acknowledged', () => client.count('puback') === 40);
    assert.equal(rig.arrived.length, 40, 'they enter the routes all the same');
    const { retained: kept, notRetained } = rig.status('sensors') as { retained: number; notRetained: number };
    assert.equal(kept + notRetained, 40);
    assert.ok(kept <= MQTT_LIMITS.retainedBytes / 60_000);
    const big = 'x'.repeat(60_000);
    assert.equal((await rig.publish('sensors', 'boiler/more', big, { retain: true })).status, STATUS.full);
    assert.equal((await rig.publish('sensors', 'boiler/1', '', { retain: true })).status, STATUS.ok);
    assert.equal((await rig.publish('sensors', 'boiler/more', big, { retain: true })).status, STATUS.ok);
    client.close();
  }));

test('messages of QoS 2 that are never released are bounded, and one that keeps sending them is cut off', () =>
  withListener({}, async (_rig, port) => {
    const client = await RawMqttClient.open(port);
    for (let n = 1; n <= 2 * MQTT_LIMITS.inFlight; n++)
      client.send({
        cmd: 'publish',
        topic: 'boiler/a',
        payload: 'x',
        qos: 2,
        dup: false,
        retain: false,
        messageId: n,
      } as Packet);
    await client.closed();
    await assertServed(port);
  }));

test('while one client waits for room, what it goes on sending stays in its socket', () =>
  withListener({}, async (rig, port) => {
    rig.room = 0;
    const flooding = await RawMqttClient.open(port);
    const payload = Buffer.alloc(1_000);
    for (let n = 1; n <= 20_000; n++) flooding.publish('boiler/flood', payload, n);
    let waiting = -1;
    await until('its socket to be full', () => {
      const before = waiting;
      waiting = flooding.socket.writableLength;
      return waiting > 0 && waiting === before;
    });
    const { held } = rig.status('sensors') as { held: number };
    assert.ok(held > 0 && held <= 2 * PACKETS_AT_ONCE, `${held} are read ahead`);
    assert.equal(flooding.count('puback'), 0);
    rig.room = 10;
    await until('ten to be acknowledged', () => flooding.count('puback') === 10);
    assert.equal(rig.arrived.length, 10);
    flooding.close();
  }));

test('nor is more read of what it sends one by one', () =>
  withListener({}, async (rig, port) => {
    rig.room = 0;
    const client = await RawMqttClient.open(port);
    for (let n = 1; n <= 300; n++) {
      client.publish('boiler/a', 'x', n);
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    await until('one to wait', () => (rig.status('sensors') as { held: number }).held > 0);
    const { held } = rig.status('sensors') as { held: number };
    assert.ok(held <= 2 * PACKETS_AT_ONCE, `${held} are read ahead`);
    rig.room = Number.POSITIVE_INFINITY;
    await until('all to be acknowledged', () => client.count('puback') === 300);
    client.close();
  }));

test.run();
