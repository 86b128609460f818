import fc from 'fast-check';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { until } from '../lib/until.ts';
import { RawMqttClient } from '../peers/raw-mqtt-client.ts';
import { listenerOf, MqttRig, portOf } from '../unit/host/drivers/mqtt/mqtt-rig.ts';
import { mqttBytes } from './mqtt-mutations.ts';

const test = suite('MQTT listener, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });

/** More would be bytes that something keeps. */
const GROWTH_BYTES_MAX = 64_000_000;
const CODES = /^(LISTENER_LIMIT|LISTENER_DENIED|LISTENER_LOGIN)$/;

test('any bytes from clients, logged in or not, end at most their own connection; others are served, and memory stays', async () => {
  const rig = await MqttRig.open({ sensors: listenerOf({ clients: 200, clientsPerUser: 200 }) });
  try {
    const port = await portOf(rig, 'sensors');
    const healthy = await RawMqttClient.open(port);
    let messages = 0;
    const before = process.memoryUsage().rss;
    await fc.assert(
      fc.asyncProperty(fc.array(mqttBytes, { maxLength: 12 }), fc.boolean(), async (chunks, isKnown) => {
        const evil = await (isKnown ? RawMqttClient.open(port) : RawMqttClient.connect(port));
        for (const chunk of chunks) evil.socket.write(chunk);
        healthy.publish('boiler/health', `${messages}`, (messages++ % 65_535) + 1);
        await until('the healthy client to be served', () => healthy.count('puback') === messages);
        evil.close();
        rig.arrived.length = 0;
      }),
      { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS },
    );
    for (const { code } of rig.attacks) assert.match(code, CODES);
    assert.ok(messages > 10, `${messages} cases`);
    await until('all others to be gone', () => rig.status('sensors')['clients'] === 1);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < GROWTH_BYTES_MAX, `${grown} bytes more`);
    healthy.close();
  } finally {
    await rig.close();
  }
});

test.run();
