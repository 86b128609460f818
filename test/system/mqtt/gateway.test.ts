import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAssembly } from '../../../tools/src/module-build/index.ts';
import { listenerWasm } from '../../lib/listener.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { compileWat, guestWat } from '../../lib/wat.ts';
import { withMosquitto } from '../../peers/mosquitto.ts';
import { mosquittoPub } from '../../peers/mosquitto-pub.ts';
import { PahoClient } from '../../peers/paho-client.ts';
import { withHubDouble } from '../uplink/hub-double.ts';

const test = suite('leaf devices over MQTT and modules', {
  needs: [TOOLS.mosquitto, TOOLS.mosquittoClients, TOOLS.pahoMqtt],
  timeoutMs: 60_000,
});

const DOCUMENT = readFileSync(new URL('../../../docs/mqtt.md', import.meta.url), 'utf8');
const BUILD = fileURLToPath(new URL('../../../sdk/test/build', import.meta.url));

/** The code block of the document whose first line ends with these words. */
function block(words: string): string {
  const text = new RegExp(`^\`\`\`${words}\\n([^]*?)^\`\`\``, 'm').exec(DOCUMENT)?.[1];
  assert.ok(text !== undefined, `docs/mqtt.md has ${words}`);
  return text;
}

/** A gateway with a listener, at which the boiler may publish anything below `boiler/`. */
const listening = {
  deviceId: 'gw',
  secrets: { boiler: { env: 'BOILER_PASSWORD' } },
  devices: {
    sensors: {
      type: 'mqtt-listener',
      port: 0,
      users: { boiler: { password: { secret: 'boiler' }, publish: ['boiler/#'] } },
    },
  },
};
const portOf = (host: TestGateway): Promise<number> =>
  until('the listener', async () => {
    const { devices } = await host.gateway.status();
    return (devices['sensors'] as { port?: number }).port;
  });

test('the zigbee2mqtt example of docs/mqtt.md switches the lamp', async () => {
  mkdirSync(BUILD, { recursive: true });
  const folder = mkdtempSync(join(BUILD, 'zigbee-'));
  try {
    writeFileSync(join(folder, 'index.ts'), block('ts zigbee'));
    const wasm = await compileAssembly(join(folder, 'index.ts'));
    await withMosquitto({}, async (broker, reader) => {
      const gateway = JSON.parse(block('json gateway zigbee').replace(':1883', `:${broker.port}`));
      const host = await TestGateway.open({
        modules: {
          hall: {
            wasm,
            settings: { grants: { mqtt: [{ device: 'zigbee', publish: ['zigbee2mqtt/lamp/set'] }] } },
          },
        },
        routes: { motion: block('text zigbee').trim() },
        gateway,
      });
      try {
        assert.deepEqual(
          host.problems.filter(({ severity }) => severity === 'error'),
          [],
        );
        await host.reaches('hall', 'running');
        await until('the broker', async () => {
          const { devices } = await host.gateway.status();
          return (devices['zigbee'] as { state: string }).state === 'connected';
        });
        const sends = (name: string, state: object) =>
          mosquittoPub(broker.readerPort, `zigbee2mqtt/${name}`, JSON.stringify(state));
        await sends('hall-motion', { occupancy: true, illuminance: 90 });
        await sends('hall-motion', { occupancy: false, illuminance: 1 });
        await sends('attic-motion', { occupancy: true, illuminance: 1 });
        await sends('hall-motion', { occupancy: true, illuminance: 3 });
        await until('the lamp', () => reader.messages.some(({ topic }) => topic === 'zigbee2mqtt/lamp/set'));
        const commands = reader.messages.filter(({ topic }) => topic.endsWith('/set'));
        assert.deepEqual(commands, [{ topic: 'zigbee2mqtt/lamp/set', body: '{"state":"ON"}' }]);
        const { routes } = await host.gateway.status();
        assert.deepEqual(routes, [{ name: 'motion', matched: 2, dropped: 0 }]);
        const audit = host.logs.find(({ details }) => details?.['audit'] !== undefined);
        assert.match(audit?.text ?? '', /write zigbee zigbee2mqtt\/lamp\/set = .* confirmed/);
      } finally {
        await host.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a module sees the leaf device by its name alone [ABI-4.4], and conditions know it by that', async () => {
  process.env['BOILER_PASSWORD'] = 'warm';
  const host = await TestGateway.open({
    modules: { listener: { wasm: listenerWasm() } },
    routes: {
      leaves: `FROM /messages/* WHERE NOT IS_DEFINED($connectionModuleId) AND $connectionDeviceId = 'boiler' AND starts_with(topic, 'boiler/t') AND $body.t > 60 INTO BrokeredEndpoint("/modules/listener/inputs/in")`,
      none: 'FROM /messages/modules/listener/* INTO BrokeredEndpoint("/modules/listener/inputs/in")',
    },
    gateway: listening,
  });
  try {
    await host.reaches('listener', 'running');
    const port = await portOf(host);
    const paho = await PahoClient.open({ port, username: 'boiler', password: 'warm' });
    try {
      paho.publish('boiler/t1', '{"t":59}');
      paho.publish('boiler/t1', 'no JSON');
      paho.publish('boiler/other', '{"t":70}');
      paho.publish('boiler/t1', '{"t":61}');
      await until('the message', () => host.gateway.reported('listener')['body'] !== undefined);
      assert.deepEqual(host.gateway.reported('listener'), { from: 'boiler', body: { t: 61 } });
      await until('all acknowledged', () => paho.count('acked') === 4);
      const { routes } = await host.gateway.status();
      assert.deepEqual(routes, [
        { name: 'leaves', matched: 1, dropped: 0 },
        { name: 'none', matched: 0, dropped: 0 },
      ]);
    } finally {
      await paho.close();
    }
  } finally {
    await host.close();
  }
});

/** Handles messages only while its desired properties do not say that it is to be slow: then each takes all of its fuel. */
const SLOW = guestWat({
  imports: '(import "message" "input" (func $input (param i32 i32) (result i32)))',
  data: '(data (i32.const 0) "in")',
  functions: `(func $work (local $n i32)
    (local.set $n (i32.const 1000000))
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`,
  handle: `
    (if (i32.eq (local.get $kind) (i32.const 1)) (then
      (return (i32.shr_s (call $input (i32.const 0) (i32.const 2)) (i32.const 31)))))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then (call $work)))
    (i32.const 0)`,
});

interface SlowRig {
  readonly paho: PahoClient;
  /** Messages that the module has handled, and those of its route. */
  look(): Promise<{ readonly handled: number; readonly matched: number; readonly dropped: number }>;
}

/** A module that handles some tens of messages a second, so that its small input is full for most of the time, and a boiler that sends to it. */
async function withSlowModule(policy: string, body: (rig: SlowRig) => Promise<void>): Promise<void> {
  process.env['BOILER_PASSWORD'] = 'warm';
  const host = await TestGateway.open({
    modules: {
      slow: {
        wasm: compileWat(SLOW),
        settings: {
          inputs: { in: { bytes: 4_096, policy } },
          limits: { fuelPerSecond: 100_000_000, fuelBurst: 100_000_000 },
        },
      },
    },
    routes: {
      in: 'FROM /messages/* WHERE NOT IS_DEFINED($connectionModuleId) INTO BrokeredEndpoint("/modules/slow/inputs/in")',
    },
    gateway: listening,
  });
  const eventsOf = async () => (await host.gateway.status()).modules[0]!.counters.events;
  try {
    await host.reaches('slow', 'running');
    // Its start, and its desired properties.
    await until('it to be ready', async () => (await eventsOf()) === 2);
    const paho = await PahoClient.open({ port: await portOf(host), username: 'boiler', password: 'warm' });
    try {
      await body({
        paho,
        async look() {
          const { modules, routes } = await host.gateway.status();
          const { matched, dropped } = routes[0]!;
          return { handled: modules[0]!.counters.events - 2, matched, dropped };
        },
      });
    } finally {
      await paho.close();
    }
  } finally {
    await host.close();
  }
}

/** Bytes of one message of these tests in an input. */
const MESSAGE_BYTES = 264;
const COUNT = 100;
const flood = (paho: PahoClient): void => {
  for (let n = 0; n < COUNT; n++) paho.publish('boiler/a', `m${n}`.padEnd(200, '.'));
};

test('while an input of policy wait is full, its sender gets no acknowledgement; nothing is lost', () =>
  withSlowModule('wait', async ({ paho, look }) => {
    flood(paho);
    await until('some to be acknowledged', () => paho.count('acked') > 0);
    // In this order: what is handled later only makes room.
    const acknowledged = paho.count('acked');
    const waiting = acknowledged - (await look()).handled;
    assert.ok(waiting <= 4_096 / MESSAGE_BYTES, `acknowledged is what the input holds, not more: ${waiting}`);
    assert.ok(acknowledged < COUNT);
    await until('all to be acknowledged', () => paho.count('acked') === COUNT, 40_000);
    await until('all to be handled', async () => (await look()).handled === COUNT, 40_000);
    assert.deepEqual(await look(), { handled: COUNT, matched: COUNT, dropped: 0 });
  }));

for (const policy of ['reject', 'drop-oldest'])
  test(`an input of policy ${policy} that is full drops what is acknowledged all the same, and that is counted`, () =>
    withSlowModule(policy, async ({ paho, look }) => {
      flood(paho);
      await until('all to be acknowledged', () => paho.count('acked') === COUNT);
      assert.equal((await look()).matched, COUNT);
      if (policy === 'drop-oldest') return;
      // What makes room is counted by the queue.
      await until('the rest to be handled', async () => {
        const { handled, dropped } = await look();
        return handled + dropped === COUNT && dropped > 0;
      });
    }));

test('what goes upstream is sent in the name of the gateway, with the leaf device as a property that nobody forges', () =>
  withHubDouble({ versions: [5] }, async (hub) => {
    process.env['BOILER_PASSWORD'] = 'warm';
    const host = await TestGateway.open({
      modules: {},
      routes: { up: 'FROM /messages/* WHERE NOT IS_DEFINED($connectionModuleId) INTO $upstream' },
      gateway: { ...listening, uplink: { url: hub.url, authentication: { type: 'none' } } },
    });
    try {
      await mosquittoPub(await portOf(host), 'boiler/t', '{"t":61}', '-u', 'boiler', '-P', 'warm');
      await until('the message', () => hub.published.length === 1);
      const [{ topic, body }] = hub.published as [(typeof hub.published)[number]];
      assert.match(
        decodeURIComponent(topic),
        /^devices\/gw\/messages\/events\/topic=boiler\/t&\$\.mid=[0-9a-f]+-leaf\/boiler-1&\$\.ct=application\/json.*&leafDeviceId=boiler/,
      );
      assert.equal(body, '{"t":61}');
    } finally {
      await host.close();
    }
  }));

test('failed log-ins are security events, with the leaf device as their identity', async () => {
  process.env['BOILER_PASSWORD'] = 'warm';
  const host = await TestGateway.open({ modules: {}, routes: {}, gateway: listening });
  try {
    const port = await portOf(host);
    const paho = new PahoClient({ port, username: 'boiler', password: 'cold' });
    await paho.sees('connect', ({ code }) => code === 4);
    await paho.close();
    const security = host.gateway.reported('$edgeAgent')['security'] as { last: readonly Record<string, unknown>[] };
    const event = security.last.find(({ code }) => code === 'LISTENER_LOGIN');
    assert.deepEqual([event?.['kind'], event?.['identity']], ['credentials', 'boiler']);
  } finally {
    await host.close();
  }
});

test.run();
