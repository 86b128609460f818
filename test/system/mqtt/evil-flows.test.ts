import type { IConnackPacket, IPublishPacket, Packet } from 'mqtt-packet';
import { STATUS } from '../../../host/src/abi/constants.ts';
import { MQTT_LIMITS } from '../../../host/src/drivers/mqtt/limits.ts';
import { assert, suite } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import { connectPacket, RawMqttClient } from '../../peers/raw-mqtt-client.ts';
import { listenerOf, MqttRig, portOf } from '../../unit/host/drivers/mqtt/mqtt-rig.ts';

const test = suite('MQTT listener and flows that bend its books', { timeoutMs: 40_000 });

const USERS = { boiler: { password: { secret: 'BOILER' }, publish: ['boiler/#'], subscribe: ['boiler/#'] } };

async function withListener(
  changes: Parameters<typeof listenerOf>[0],
  body: (rig: MqttRig, port: number) => Promise<void>,
  options: ConstructorParameters<typeof MqttRig>[1] = {},
): Promise<void> {
  const rig = await MqttRig.open({ sensors: listenerOf({ users: USERS, ...changes }) }, options);
  try {
    await body(rig, await portOf(rig, 'sensors'));
  } finally {
    await rig.close();
  }
}

const message = (topic: string, changes: Partial<IPublishPacket> = {}): IPublishPacket => ({
  ...{ cmd: 'publish', topic, payload: 'x', qos: 0, dup: false, retain: false },
  ...changes,
});

/** Topics of what is retained under `boiler/`, as one hears who subscribes now; a message behind it says that it is all. */
async function retainedAt(port: number): Promise<string[]> {
  const client = await RawMqttClient.open(port);
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'boiler/#', qos: 0 }] } as Packet);
  await client.sees('suback');
  const topics = (): string[] => client.packets.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []));
  await until('the end', () => {
    client.send(message('boiler/end'));
    return topics().includes('boiler/end');
  });
  client.close();
  return topics().filter((topic) => topic !== 'boiler/end');
}

test('the room of what is retained is that of what is kept: a repetition of QoS 2, which is not, frees none of another', () =>
  withListener({}, async (rig, port) => {
    const client = await RawMqttClient.open(port);
    for (let n = 1; n <= 5; n++) {
      client.send(message(`boiler/${n}`, { retain: true, qos: 1, messageId: n }));
      const payload = n === 1 ? 'x' : '';
      client.send(message(`boiler/${n}`, { retain: true, qos: 2, messageId: 99, payload }));
      await until('the repetition to be acknowledged', () => client.count('pubrec') === n);
    }
    assert.equal((await retainedAt(port)).length, 5);
    assert.equal(rig.status('sensors')['retained'], 5);
    client.close();
  }));

test('a message whose client leaves before there is room takes none of what is retained', () =>
  withListener({}, async (rig, port) => {
    rig.room = 1;
    const client = await RawMqttClient.open(port);
    for (let n = 1; n <= 5; n++) client.send(message(`boiler/${n}`, { retain: true, qos: 1, messageId: n }));
    await until('all to have come', () => rig.status('sensors')['received'] === 5);
    await client.sees('puback');
    client.close();
    await until('it to be gone', () => rig.status('sensors')['clients'] === 0);
    rig.room = 100;
    assert.deepEqual(await retainedAt(port), ['boiler/1']);
    assert.equal(rig.status('sensors')['retained'], 1);
  }));

test('a will for which there is no room is lost and counted, also when its client leaves without a reset', () =>
  withListener({}, async (rig, port) => {
    rig.room = 0;
    const will = { topic: 'boiler/will', payload: Buffer.from('lost'), qos: 1, retain: false } as const;
    const client = await RawMqttClient.open(port, { will });
    client.socket.end();
    await until('it to be counted', () => rig.status('sensors')['lostWills'] === 1);
  }));

test('log-ins of who has left are not looked at, and those of one address delay no other', async () => {
  const reads: (() => void)[] = [];
  let count = 0;
  const readSecret = (): Promise<string> =>
    new Promise((resolve) => {
      count++;
      reads.push(() => resolve('value-of-BOILER'));
    });
  await withListener(
    {},
    async (rig, port) => {
      const flood: RawMqttClient[] = [];
      for (let n = 0; n < 100; n++) {
        const evil = await RawMqttClient.connect(port);
        evil.send(connectPacket({ password: Buffer.from('guess') }));
        flood.push(evil);
      }
      await until('the first to be looked at', () => count === 1);
      const honest = await RawMqttClient.connect(port, '127.0.0.2');
      honest.send(connectPacket());
      for (let n = 0; n < 100; n++) flood.push(await RawMqttClient.connect(port));
      await until('most to be cut off', () => rig.status('sensors')['unknownClients'] === 64);
      await until('the honest one to be let in', () => {
        reads.shift()?.();
        return honest.packets.length > 0;
      });
      assert.equal((honest.packets[0] as IConnackPacket).returnCode, 0);
      assert.ok(count <= 3, `${count} were looked at before`);
      for (const client of [honest, ...flood]) client.close();
      await until('nobody to be there', () => {
        reads.shift()?.();
        return rig.status('sensors')['unknownClients'] === 0;
      });
      assert.ok(count <= 5, `${count} were looked at`);
    },
    { readSecret },
  );
});

test('a module that publishes more than there is room for takes none of others', () =>
  withListener({}, async (rig) => {
    const publish = (module: string) => rig.publish('sensors', 'boiler/a', 'x', { module });
    const flood = Array.from({ length: MQTT_LIMITS.waitingPublishes }, () => publish('flooder'));
    const [more, other] = await Promise.all([publish('flooder'), publish('other')]);
    assert.deepEqual([more.status, other.status], [STATUS.full, STATUS.ok]);
    await Promise.all(flood);
    assert.equal((await publish('flooder')).status, STATUS.ok);
  }));

test('that nobody can log in is told once, and told again when it happens again', async () => {
  let isThere = false;
  const readSecret = async (): Promise<string> => {
    if (!isThere) throw new Error('it is gone');
    return 'value-of-BOILER';
  };
  await withListener(
    {},
    async (rig, port) => {
      const said = () => rig.logs.map(({ code }) => code).filter((code) => code !== undefined);
      for (const times of [1, 2]) {
        isThere = false;
        for (let n = 0; n < 2; n++) await assert.rejects(() => RawMqttClient.open(port), /refused with 3/);
        assert.equal(said().length, times);
        isThere = true;
        (await RawMqttClient.open(port)).close();
        assert.match(rig.logs.at(-1)?.text ?? '', /can be reached again/);
      }
    },
    { readSecret },
  );
});

test('[MQTT-3.1.4-2] a client that comes back takes the place of its old connection, also when its user may have no other', () =>
  withListener({ clientsPerUser: 1 }, async (rig, port) => {
    const will = { topic: 'boiler/will', payload: Buffer.from('gone'), qos: 0, retain: false } as const;
    const old = await RawMqttClient.open(port, { clientId: 'same', will });
    const back = await RawMqttClient.open(port, { clientId: 'same' });
    await old.closed();
    back.publish('boiler/a', 'back', 1);
    await back.sees('puback');
    assert.deepEqual(rig.texts, ['gone', 'back']);
    await assert.rejects(() => RawMqttClient.open(port, { clientId: 'other' }), /refused with 3/);
    assert.equal(rig.status('sensors')['clients'], 1);
    back.close();
  }));

test('a client of MQTT 3.1 may have an id of 23 characters, whatever its user is called', () =>
  withListener({}, async (_rig, port) => {
    const clientId = 'x'.repeat(23);
    const client = await RawMqttClient.open(port, { protocolId: 'MQIsdp', protocolVersion: 3, clientId });
    client.close();
  }));

test.run();
