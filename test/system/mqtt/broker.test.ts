import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { STATUS } from '../../../host/src/abi/constants.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { withMosquitto } from '../../peers/mosquitto.ts';
import { mosquittoPub } from '../../peers/mosquitto-pub.ts';
import { brokerAt, MqttRig } from '../../unit/host/drivers/mqtt/mqtt-rig.ts';
import { Authority } from '../uplink/certificates.ts';

const test = suite('MQTT broker bridge and mosquitto', {
  needs: [TOOLS.mosquitto, TOOLS.mosquittoClients, TOOLS.openssl],
  timeoutMs: 40_000,
});

const PLANT = [{ filter: 'plant/#', qos: 1 }];
const connected = (rig: MqttRig) => until('the bridge to connect', () => rig.status('plant')['state'] === 'connected');

async function withRig(changes: Parameters<typeof brokerAt>, body: (rig: MqttRig) => Promise<void>): Promise<void> {
  const rig = await MqttRig.open({ plant: brokerAt(...changes) });
  try {
    await connected(rig);
    await body(rig);
  } finally {
    await rig.close();
  }
}

for (const version of ['3.1.1', '5'] as const) {
  test(`what is sent to a topic that is asked for arrives with its topic, other topics do not (MQTT ${version})`, () =>
    withMosquitto({}, (broker) =>
      withRig([broker.port, { version, topics: PLANT }], async (rig) => {
        await mosquittoPub(broker.port, 'office/lamp', 'no');
        await mosquittoPub(broker.port, 'plant/boiler/temperature', '21.5');
        await until('the message', () => rig.arrived.length === 1);
        assert.deepEqual(rig.arrived, [
          { leaf: 'plant', properties: { topic: 'plant/boiler/temperature' }, text: '21.5' },
        ]);
      }),
    ));

  test(`a message of a module is answered when the broker has it (MQTT ${version})`, () =>
    withMosquitto({}, (broker, reader) =>
      withRig([broker.port, { version }], async (rig) => {
        assert.equal((await rig.publish('plant', 'cmd/a/set', 'on')).status, STATUS.ok);
        assert.equal((await rig.publish('plant', 'cmd/b/set', 'off', { qos: 0 })).status, STATUS.ok);
        await reader.exactly(['on', 'off']);
        assert.deepEqual(
          rig.audits.map(({ device, address, outcome, values }) => [
            device,
            address,
            outcome,
            Buffer.from(values).toString(),
          ]),
          [
            ['plant', 'cmd/a/set', 'confirmed', 'on'],
            ['plant', 'cmd/b/set', 'confirmed', 'off'],
          ],
        );
      }),
    ));
}

test('a retained message says so, and user properties of MQTT 5 come along, but never in the place of those of the host', () =>
  withMosquitto({}, async (broker) => {
    const properties = ['-V', '5', '-D', 'publish', 'user-property', 'unit', 'C'];
    const forged = [
      '-D',
      'publish',
      'user-property',
      'topic',
      'plant/other',
      '-D',
      'publish',
      'user-property',
      '$.cdid',
      'x',
    ];
    await mosquittoPub(broker.port, 'plant/a', '1', '-r', ...properties, ...forged);
    await withRig([broker.port, { version: '5', topics: PLANT }], async (rig) => {
      await until('the message', () => rig.arrived.length === 1);
      assert.deepEqual(rig.arrived[0]?.properties, { topic: 'plant/a', retain: 'true', unit: 'C' });
    });
  }));

test('a retained message of a module is kept by the broker', () =>
  withMosquitto({}, (broker) =>
    withRig([broker.port], async (rig) => {
      await rig.publish('plant', 'state/gateway', 'ready', { retain: true });
      const out = execFileSync('mosquitto_sub', [
        '-p',
        String(broker.port),
        '-t',
        'state/#',
        '-C',
        '1',
        '-W',
        '5',
        '-F',
        '%r %p',
      ]);
      assert.equal(out.toString().trim(), '1 ready');
    }),
  ));

test('a message is acknowledged when routes have taken it, not before, and what comes meanwhile keeps its order', () =>
  withMosquitto({}, (broker) =>
    withRig([broker.port, { topics: PLANT }], async (rig) => {
      rig.room = 1;
      const bodies = Array.from({ length: 30 }, (_, n) => `m${n}`);
      for (const body of bodies) await mosquittoPub(broker.port, 'plant/a', body);
      await until('the broker to have sent them', () => (rig.status('plant')['held'] as number) >= 10);
      const acked = () => broker.log.match(/Received PUBACK from gatehouse-gw-plant/g)?.length ?? 0;
      assert.equal(rig.arrived.length, 1);
      // While messages wait, what a module sends is acknowledged all the same.
      assert.equal((await rig.publish('plant', 'cmd/x', 'on')).status, STATUS.ok);
      await until('the first to be acknowledged', () => acked() > 0);
      assert.equal(acked(), 1);
      rig.room = Number.POSITIVE_INFINITY;
      await until('all of them', () => rig.arrived.length === bodies.length);
      assert.deepEqual(rig.texts, bodies);
      await until('all to be acknowledged', () => acked() === bodies.length);
    }),
  ));

test('after a restart of the broker it is back by itself, and misses nothing that the broker has kept for it', () =>
  withMosquitto({}, (broker) =>
    withRig([broker.port, { topics: PLANT }], async (rig) => {
      await mosquittoPub(broker.port, 'plant/a', 'before');
      await until('the first', () => rig.arrived.length === 1);
      await broker.stop('SIGKILL');
      await until('the loss', () => rig.status('plant')['state'] === 'waiting');
      const late = rig.publish('plant', 'cmd/late', 'x', { expiryMs: 20_000 });
      const tooLate = rig.publish('plant', 'cmd/never', 'x', { expiryMs: 1 });
      assert.equal((await tooLate).status, STATUS.expired);
      await broker.start();
      await mosquittoPub(broker.port, 'plant/a', 'while away');
      assert.equal((await late).status, STATUS.ok);
      await until('what was kept', () => rig.texts.includes('while away'));
      // Killed before it has stored an acknowledgement, the broker sends a message again.
      assert.deepEqual([...new Set(rig.texts)], ['before', 'while away']);
      const told = rig.logs.map(({ code }) => code);
      assert.deepEqual(told.slice(0, 1), ['DEVICE_CLOSED']);
      assert.match(rig.logs.at(-1)!.text, /can be reached again/);
    }),
  ));

test('over TLS with a password by secret it is let in, and told apart from others by nothing else', async () => {
  const authority = new Authority();
  try {
    const files = authority.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);
    const passwords = join(authority.folder, 'passwords');
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, 'gateway', 'value-of-PLANT'], { stdio: 'pipe' });
    chmodSync(passwords, 0o644);
    const listener = [
      `certfile ${files.certificate}`,
      `keyfile ${files.key}`,
      'allow_anonymous false',
      `password_file ${passwords}`,
    ];
    await withMosquitto({ listener }, async (broker, reader) => {
      const url = `mqtts://localhost:${broker.port}`;
      const access = { url, username: 'gateway', ca: authority.ca.certificate };
      await withRig([broker.port, { ...access, password: { secret: 'PLANT' } }], async (rig) => {
        assert.equal((await rig.publish('plant', 'cmd/a', 'on')).status, STATUS.ok);
        await reader.exactly(['on']);
      });
      for (const [what, changes] of [
        ['another password', { ...access, password: { secret: 'OTHER' } }],
        [
          'an authority that the broker is not of',
          { ...access, ca: authority.issue('stranger').certificate, password: { secret: 'PLANT' } },
        ],
      ] as const) {
        const rig = await MqttRig.open({ plant: brokerAt(broker.port, changes) });
        await until(what, () => rig.logs.length > 0);
        await rig.close();
        assert.equal(rig.logs[0]?.code, 'DEVICE_REFUSED', what);
        assert.ok(!JSON.stringify([rig.logs, rig.driver.status()]).includes('value-of'), 'no password in any text');
      }
    });
  } finally {
    authority.close();
  }
});

test.run();
