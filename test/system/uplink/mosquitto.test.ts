import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { withMosquitto } from '../../peers/mosquitto.ts';
import { withUplink } from './observed-uplink.ts';

const test = suite('uplink to mosquitto', { needs: [TOOLS.mosquitto, TOOLS.mosquittoClients], timeoutMs: 60_000 });

test('delivers topic and body, over a connection for each identity, and disconnects in order', () =>
  withMosquitto({}, async (broker, reader) => {
    await withUplink({ url: `mqtt://127.0.0.1:${broker.port}` }, async (observed) => {
      observed.send('translate', '{"pressure":12.5}');
      observed.send('guard', 'stopped');
      observed.send(undefined, 'from the device');
      await observed.acknowledged(3);
      await until('all read', () => reader.messages.length === 3);
      const byBody = reader.messages.toSorted((a, b) => (a.body < b.body ? -1 : 1));
      const bag = '%24.on=o&%24.ct=text%2Fplain/';
      assert.deepEqual(byBody, [
        { topic: `devices/pump-7/messages/events/${bag}`, body: 'from the device' },
        { topic: `devices/pump-7/modules/guard/messages/events/${bag}`, body: 'stopped' },
        { topic: `devices/pump-7/modules/translate/messages/events/${bag}`, body: '{"pressure":12.5}' },
      ]);
      assert.deepEqual(broker.clients.toSorted(), ['pump-7', 'pump-7/guard', 'pump-7/translate']);
      assert.equal(observed.uplink.status().connections[0]!.mqttVersion, '5.0');
    });
    for (const client of broker.clients) {
      await until(`DISCONNECT of ${client}`, () => broker.log.includes(`Received DISCONNECT from ${client}\n`));
    }
  }));

test('carries a message of 256 KB', () =>
  withMosquitto({}, (broker, reader) =>
    withUplink({ url: `mqtt://127.0.0.1:${broker.port}`, connections: 'shared' }, async (observed) => {
      const body = Buffer.alloc(262_143, 'x');
      observed.uplink.send({ deviceId: 'pump-7', moduleId: 'a' }, { body, properties: [], output: 'o', priority: 0 });
      await observed.acknowledged(1);
      await until('read', () => reader.messages.length === 1);
      assert.equal(reader.bodies()[0], String(body));
    }),
  ));

test('waits for a broker that appears later, and then sends what was queued', () =>
  withMosquitto({}, async (broker, reader) => {
    await broker.stop();
    await withUplink({ url: `mqtt://127.0.0.1:${broker.port}` }, async (observed) => {
      observed.send('a', '1');
      await observed.state('pump-7 disconnected UPLINK_UNREACHABLE');
      observed.send('a', '2');
      await broker.start();
      await observed.acknowledged(2);
      await reader.exactly(['1', '2']);
      assert.deepEqual(observed.states, [
        'pump-7 disconnected UPLINK_UNREACHABLE',
        'pump-7 connected',
        'pump-7/a connected',
      ]);
    });
  }));

test('loses nothing and keeps the order of each identity when the broker is killed in the middle, again and again', () =>
  withMosquitto({}, (broker, reader) =>
    withUplink({ url: `mqtt://127.0.0.1:${broker.port}` }, async (observed) => {
      const modules = ['a', 'b'];
      const perModule = 600;
      const total = perModule * modules.length;
      let index = 0;
      const stream = setInterval(() => {
        for (const module of modules) observed.send(module, `${module}:${index}`);
        if (++index === perModule) clearInterval(stream);
      }, 3);
      try {
        for (const share of [0.1, 0.4, 0.7]) {
          await until('the stream goes on', () => observed.uplink.status().sent > total * share, 20_000);
          const { subscribed } = reader;
          await broker.stop('SIGKILL');
          await broker.start();
          // What the broker holds for a reader that is away would not survive being killed again.
          await until('the reader is back', () => reader.subscribed > subscribed);
        }
        await observed.acknowledged(total);
      } finally {
        clearInterval(stream);
      }
      const everything = Array.from({ length: perModule }, (_, number) => number);
      for (const module of modules) {
        const own = () => reader.bodies().filter((body) => body.startsWith(`${module}:`));
        await until(`all of ${module} read`, () => new Set(own()).size === perModule);
        const inOrderOfFirstArrival = [...new Set(own())];
        assert.deepEqual(
          inOrderOfFirstArrival,
          everything.map((number) => `${module}:${number}`),
        );
      }
      assert.deepEqual(observed.lost, []);
      const losses = observed.states.filter((state) => state === 'pump-7/a disconnected UPLINK_UNREACHABLE');
      assert.equal(losses.length, 3);
    }),
  ));

test('gives up a connection to a broker that hangs, and sends again when it comes back', () =>
  withMosquitto({}, (broker, reader) =>
    withUplink(
      { url: `mqtt://127.0.0.1:${broker.port}`, connections: 'shared' },
      async (observed) => {
        observed.send('a', '1');
        await observed.acknowledged(1);
        broker.signal('SIGSTOP');
        observed.send('a', '2');
        await observed.state('pump-7 disconnected UPLINK_UNREACHABLE');
        broker.signal('SIGCONT');
        await observed.acknowledged(2);
        await until('both read', () => new Set(reader.bodies()).size === 2);
      },
      { acknowledgeMs: 300, connectMs: 300 },
    ),
  ));

test.run();
