import type { Socket } from 'node:net';
import mqtt, { type Packet } from 'mqtt-packet';
import { STATUS } from '../../../../../host/src/abi/constants.ts';
import { MQTT_LIMITS } from '../../../../../host/src/drivers/mqtt/limits.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { until } from '../../../../lib/until.ts';
import { type Behaviour, EvilMqttBroker, inOrder, send } from '../../../../peers/evil-mqtt-broker.ts';
import { FakeBroker } from './fake-broker.ts';
import { brokerAt, MqttRig } from './mqtt-rig.ts';

const test = suite('MQTT broker bridge and brokers that mean harm', { timeoutMs: 30_000 });

const PLANT = [{ filter: 'plant/#', qos: 1 }];

async function withBroker(
  behaviour: Behaviour,
  changes: Parameters<typeof brokerAt>[1],
  body: (rig: MqttRig, broker: EvilMqttBroker) => Promise<void>,
): Promise<void> {
  const broker = await EvilMqttBroker.open(behaviour);
  const rig = await MqttRig.open({ plant: brokerAt(broker.port, changes) });
  try {
    await body(rig, broker);
  } finally {
    await rig.close();
    await broker.close();
  }
}

/** In order, but for what it says to SUBSCRIBE. */
const sending =
  (write: (socket: Socket) => void): Behaviour =>
  (packet, socket, connection) => {
    inOrder(packet, socket, connection);
    if (packet.cmd === 'subscribe' && connection === 1) write(socket);
  };

/** A broker of MQTT 5 that takes four messages at a time; the rest is up to the test. */
const ofVersion5 =
  (rest: (packet: Packet, say: (packet: Packet) => void, connection: number) => void): Behaviour =>
  (packet, socket, connection) => {
    const say = (answer: Packet): void => void socket.write(mqtt.generate(answer, { protocolVersion: 5 }));
    const properties = { receiveMaximum: 4 };
    if (packet.cmd === 'connect') say({ cmd: 'connack', reasonCode: 0, sessionPresent: false, properties });
    rest(packet, say, connection);
  };

const codes = (rig: MqttRig): (string | undefined)[] => rig.logs.map(({ code }) => code);

const EVIL: Readonly<Record<string, readonly [write: (socket: Socket) => void, why: RegExp]>> = {
  'a packet longer than allowed': [
    (socket) => socket.write(Buffer.from([0x30, 0xff, 0xff, 0x7f])),
    /longer than "packetBytes"/,
  ],
  'what is no MQTT': [(socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /no MQTT|does not send|longer/],
  'a message with QoS 2': [
    (socket) =>
      send(socket, { cmd: 'publish', topic: 'plant/a', payload: 'x', qos: 2, dup: false, retain: false, messageId: 1 }),
    /QoS 2/,
  ],
  'a second CONNACK': [
    (socket) => send(socket, { cmd: 'connack', returnCode: 0, sessionPresent: false }),
    /CONNACK twice/,
  ],
  'what only clients send': [(socket) => send(socket, { cmd: 'pingreq' }), /PINGREQ, which a broker does not send/],
};

for (const [what, [write, why]] of Object.entries(EVIL))
  test(`${what} ends the connection with a code, and the next one works`, () =>
    withBroker(sending(write), { topics: PLANT, packetBytes: 1_024 }, async (rig, broker) => {
      await until('a second connection', () => broker.connections === 2);
      assert.equal(rig.logs[0]?.code, 'DEVICE_PROTOCOL');
      assert.match(rig.logs[0]?.text ?? '', why);
      assert.equal((await rig.publish('plant', 'cmd/a', 'x')).status, STATUS.ok);
      assert.deepEqual(rig.arrived, []);
    }));

test('what comes in front of CONNACK ends the attempt', () =>
  withBroker(
    (packet, socket, connection) => {
      if (connection > 1) inOrder(packet, socket, connection);
      else send(socket, { cmd: 'publish', topic: 'plant/a', payload: 'x', qos: 0, dup: false, retain: false });
    },
    { topics: PLANT },
    async (rig, broker) => {
      await until('a second connection', () => broker.connections === 2);
      assert.equal(rig.logs[0]?.code, 'DEVICE_PROTOCOL');
      assert.deepEqual(rig.arrived, []);
    },
  ));

test('a message that is not acknowledged is unknown at its deadline, and a late acknowledgement is for nobody', async () => {
  const unanswered: (() => void)[] = [];
  await withBroker(
    (packet, socket, connection) => {
      if (packet.cmd !== 'publish') inOrder(packet, socket, connection);
      else unanswered.push(() => inOrder(packet, socket, connection));
    },
    { timeoutMs: 200 },
    async (rig) => {
      assert.equal((await rig.publish('plant', 'cmd/a', '1')).status, STATUS.unknown);
      const second = rig.publish('plant', 'cmd/a', '2');
      await until('the second', () => unanswered.length === 2);
      unanswered[0]?.();
      assert.equal((await second).status, STATUS.unknown, 'the acknowledgement was for the first');
      const third = rig.publish('plant', 'cmd/a', '3');
      await until('the third', () => unanswered.length === 3);
      unanswered[2]?.();
      assert.equal((await third).status, STATUS.ok);
      assert.ok(codes(rig).includes('DEVICE_TIMEOUT'));
      assert.deepEqual(
        rig.audits.map(({ outcome, sent }) => [outcome, sent]),
        [
          ['unknown', true],
          ['unknown', true],
          ['confirmed', true],
        ],
      );
    },
  );
});

test('a broker that acknowledges nothing keeps no more than a window, and is left when that is stuck', () =>
  withBroker(
    (packet, socket, connection) => {
      if (packet.cmd !== 'publish' || connection > 1) inOrder(packet, socket, connection);
    },
    { timeoutMs: 300 },
    async (rig, broker) => {
      await until('the bridge to connect', () => rig.status('plant')['state'] === 'connected');
      const more = 10;
      const ends = Array.from({ length: MQTT_LIMITS.inFlight + more }, () =>
        rig.publish('plant', 'cmd/a', 'x', { expiryMs: 20_000 }),
      );
      assert.equal(rig.status('plant')['inFlight'], MQTT_LIMITS.inFlight);
      assert.equal(rig.status('plant')['queued'], more);
      const statuses = (await Promise.all(ends)).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === STATUS.unknown).length, MQTT_LIMITS.inFlight);
      assert.equal(
        statuses.filter((status) => status === STATUS.ok).length,
        more,
        'sent over the next connection, once',
      );
      assert.equal(broker.connections, 2);
    },
  ));

test('a broker that takes few messages at a time and acknowledges none of them is left as well', () =>
  withBroker(
    ofVersion5((packet, say, connection) => {
      if (packet.cmd === 'publish' && connection > 1)
        say({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 0 });
    }),
    { version: '5', timeoutMs: 300 },
    async (rig, broker) => {
      await until('the bridge to connect', () => rig.status('plant')['state'] === 'connected');
      const ends = Array.from({ length: 5 }, () => rig.publish('plant', 'cmd/a', 'x', { expiryMs: 20_000 }));
      const { unknown, ok } = STATUS;
      const statuses = (await Promise.all(ends)).map(({ status }) => status);
      assert.deepEqual(statuses, [unknown, unknown, unknown, unknown, ok]);
      assert.equal(broker.connections, 2);
    },
  ));

test('messages of QoS 1 that wait for room, as many as the broker may send, hide no acknowledgement', () =>
  withBroker(
    ofVersion5((packet, say) => {
      if (packet.cmd === 'publish') say({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 0 });
      if (packet.cmd !== 'connect') return;
      const most = packet.properties?.receiveMaximum ?? 0;
      for (let messageId = 1; messageId <= most; messageId++)
        say({ cmd: 'publish', topic: 'plant/a', payload: 'x', qos: 1, dup: false, retain: false, messageId });
    }),
    { version: '5', topics: PLANT, timeoutMs: 500 },
    async (rig) => {
      rig.room = 0;
      await until('them to wait', () => (rig.status('plant')['held'] as number) >= MQTT_LIMITS.heldMessages - 1);
      assert.equal((await rig.publish('plant', 'cmd/a', 'x')).status, STATUS.ok);
    },
  ));

test('what cannot be acknowledged because nothing is read does not end the connection', () =>
  withBroker(
    sending((socket) => {
      for (let n = 0; n < 2 * MQTT_LIMITS.heldMessages; n++)
        send(socket, { cmd: 'publish', topic: 'plant/a', payload: `${n}`, qos: 0, dup: false, retain: false });
    }),
    { topics: PLANT, timeoutMs: 200 },
    async (rig, broker) => {
      rig.room = 0;
      await until('the lane to be full', () => rig.status('plant')['held'] === MQTT_LIMITS.heldMessages);
      const ends = Array.from({ length: MQTT_LIMITS.inFlight }, () => rig.publish('plant', 'cmd/a', 'x'));
      for (const { status } of await Promise.all(ends)) assert.equal(status, STATUS.unknown);
      rig.room = Number.POSITIVE_INFINITY;
      await until('all of them', () => rig.arrived.length === 2 * MQTT_LIMITS.heldMessages);
      assert.equal((await rig.publish('plant', 'cmd/a', 'x')).status, STATUS.ok);
      assert.equal(broker.connections, 1);
    },
  ));

test('large messages on a slow way wait for each other, and the broker is not taken for one that does not read', async () => {
  const broker = new FakeBroker();
  const rig = await MqttRig.open({ plant: brokerAt(1_883) }, { openStream: broker.open });
  try {
    await until('the bridge to connect', () => rig.status('plant')['state'] === 'connected');
    broker.pause();
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++)
      void rig.publish('plant', 'cmd/a', 'x'.repeat(60_000)).then(({ status }) => statuses.push(status));
    assert.ok((rig.status('plant')['queued'] as number) > 0, 'some wait');
    await until('all to be over', () => {
      broker.resume();
      broker.answer();
      return statuses.length === 10;
    });
    assert.deepEqual(new Set(statuses), new Set([STATUS.ok]));
    assert.equal(broker.sockets.length, 1);
  } finally {
    await rig.close();
  }
});

test('one message of a module more than may wait is refused, and what waits too long was never sent', () =>
  withBroker(
    () => {},
    {},
    async (rig) => {
      const waiting = Array.from({ length: MQTT_LIMITS.waitingPublishes }, () =>
        rig.publish('plant', 'cmd/a', 'x', { expiryMs: 300 }),
      );
      assert.equal((await rig.publish('plant', 'cmd/a', 'x')).status, STATUS.full);
      const other = rig.publish('plant', 'cmd/a', 'x', { module: 'other', expiryMs: 300 });
      assert.equal((await other).status, STATUS.expired, 'it takes no room of other modules');
      for (const { status } of await Promise.all(waiting)) assert.equal(status, STATUS.expired);
      assert.ok(rig.audits.every(({ sent }) => !sent));
    },
  ));

test('a broker that sends more than routes take is read no further, however much it sends', () =>
  withBroker(
    sending((socket) => {
      const payload = Buffer.alloc(1_000);
      for (let n = 1; n <= 20_000; n++)
        send(socket, { cmd: 'publish', topic: 'plant/a', payload, qos: 1, dup: false, retain: false, messageId: n });
    }),
    { topics: PLANT },
    async (rig) => {
      rig.room = 3;
      await until('the lane to be full', () => (rig.status('plant')['held'] as number) >= MQTT_LIMITS.heldMessages);
      assert.equal(rig.status('plant')['held'], MQTT_LIMITS.heldMessages);
      assert.equal(rig.arrived.length, 3);
      rig.room = Number.POSITIVE_INFINITY;
      await until('all of them', () => rig.arrived.length === 20_000);
    },
  ));

test('refused topics are told, and the others work', () =>
  withBroker(
    (packet, socket, connection) => {
      if (packet.cmd !== 'subscribe') inOrder(packet, socket, connection);
      else send(socket, { cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1, 128] });
    },
    { topics: [...PLANT, { filter: 'secret/#', qos: 1 }] },
    async (rig) => {
      await until('the refusal', () => rig.status('plant')['refusedTopics'] !== undefined);
      assert.deepEqual(rig.status('plant')['refusedTopics'], ['secret/#']);
      assert.deepEqual(codes(rig), ['DEVICE_REFUSED']);
    },
  ));

test('a secret that cannot be read keeps the bridge from connecting, and is told without what it holds', async () => {
  const broker = await EvilMqttBroker.open(inOrder);
  const rig = await MqttRig.open(
    { plant: brokerAt(broker.port, { username: 'u', password: { secret: 'GONE' } }) },
    { readSecret: () => Promise.reject(new Error('the secret "GONE" is not available')) },
  );
  try {
    await until('it to be told', () => rig.logs.length > 0);
    assert.equal(rig.logs[0]?.code, 'SECRET_UNAVAILABLE');
    assert.equal(broker.connections, 0);
  } finally {
    await rig.close();
    await broker.close();
  }
});

test.run();
