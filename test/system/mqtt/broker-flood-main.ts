// The embedded broker alone, set up as the listener does, on plain sockets: publishers flood it, and its only subscriber, which
// reads nothing, dies. Ends with 0 if the broker goes on serving. An argument replaces `concurrency`.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import type { Packet } from 'mqtt-packet';
import { BROKER_OPTIONS } from '../../../host/src/drivers/mqtt/listener/leaf-broker.ts';
import { until } from '../../lib/until.ts';
import { RawMqttClient } from '../../peers/raw-mqtt-client.ts';

const PUBLISHERS = 10;
const MESSAGES = 20_000;
const [concurrency = BROKER_OPTIONS.concurrency] = process.argv.slice(2).map(Number);
const broker = await Aedes.createBroker({ ...BROKER_OPTIONS, concurrency });
const server = createServer(broker.handle);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const subscriber = await RawMqttClient.open(port);
subscriber.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] } as Packet);
await subscriber.sees('suback');
subscriber.socket.pause();
const publishers = await Promise.all(Array.from({ length: PUBLISHERS }, () => RawMqttClient.open(port)));
const payload = Buffer.alloc(200);
for (let n = 0; n < MESSAGES; n++) for (const publisher of publishers) publisher.publish('flood', payload);
let waiting = -1;
await until('the broker to wait for the subscriber', () => {
  const before = waiting;
  waiting = publishers.reduce((sum, { socket }) => sum + socket.writableLength, 0);
  return waiting > 0 && waiting === before;
});
subscriber.socket.resetAndDestroy();
for (const publisher of publishers) publisher.publish('last', payload, 1);
await until('everybody to be served', () => publishers.every((publisher) => publisher.count('puback') === 1), 20_000);
process.exit(0);
