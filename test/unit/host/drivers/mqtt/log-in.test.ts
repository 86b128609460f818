import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import mqtt, { type Packet } from 'mqtt-packet';
import { Intake } from '../../../../../host/src/drivers/mqtt/intake.ts';
import { ClientTable } from '../../../../../host/src/drivers/mqtt/listener/client-table.ts';
import { LeafBroker } from '../../../../../host/src/drivers/mqtt/listener/leaf-broker.ts';
import { LeafConnection } from '../../../../../host/src/drivers/mqtt/listener/leaf-connection.ts';
import { Leaves } from '../../../../../host/src/drivers/mqtt/listener/leaves.ts';
import { LogIn } from '../../../../../host/src/drivers/mqtt/listener/log-in.ts';
import { assert, suite } from '../../../../lib/suite.ts';
import { until } from '../../../../lib/until.ts';
import { connectPacket } from '../../../../peers/raw-mqtt-client.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { listenerOf } from './mqtt-rig.ts';

const test = suite('log-in at an MQTT listener');

test('what comes right behind CONNECT, before anybody has looked at that, waits for the log-in', async () => {
  const config = listenerOf();
  const table = new ClientTable(config);
  const told: string[] = [];
  const arrived: string[] = [];
  const broker = await LeafBroker.open({
    logIn: new LogIn(new Leaves('sensors', config), async () => 'value-of-BOILER'),
    table,
    events: {
      attacked: (_leaf, code, text) => told.push(`${code} ${text}`),
      unavailable: (why) => told.push(why),
      available: () => {},
      prepare: () => () => true,
    },
  });
  const intake = new Intake(
    new VirtualClock(),
    ({ body }) =>
      () =>
        arrived.push(Buffer.from(body).toString()) > 0,
  );
  const socket = new Duplex({ read: () => {}, write: (_bytes, _encoding, done) => done() });
  const connection = new LeafConnection(socket as Socket, {
    ...{ packetBytes: 1_000, lane: intake.openLane(), now: () => 0 },
    onCut: (_connection, why) => told.push(why),
  });
  table.add(connection);
  broker.handle(connection);
  const message = { cmd: 'publish', topic: 'boiler/a', payload: 'x', qos: 0, dup: false, retain: false } as Packet;
  // Records of TLS that came together are told one after the other, with nothing but ticks between them.
  for (const packet of [connectPacket(), message]) {
    socket.emit('data', mqtt.generate(packet));
    for (let tick = 0; tick < 5; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
  }
  await until('it to be told', () => arrived.length + told.length > 0);
  assert.deepEqual([arrived, told], [['x'], []]);
  connection.destroy();
  await broker.close();
});

test.run();
