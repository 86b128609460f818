import fc from 'fast-check';
import { STATUS } from '../../host/src/abi/constants.ts';
import { type Clock, systemClock } from '../../host/src/drivers/clock.ts';
import { FUZZ_DEADLINE_MS, FUZZ_MS } from '../lib/fuzz-budget.ts';
import { assert, suite } from '../lib/suite.ts';
import { until } from '../lib/until.ts';
import { EvilMqttBroker, inOrder } from '../peers/evil-mqtt-broker.ts';
import { brokerAt, MqttRig } from '../unit/host/drivers/mqtt/mqtt-rig.ts';
import { mqttBytes } from './mqtt-mutations.ts';

const test = suite('MQTT broker bridge, fuzzed', { timeoutMs: FUZZ_DEADLINE_MS });

const GROWTH_BYTES_MAX = 64_000_000;
const ENDS: readonly number[] = [STATUS.ok, STATUS.unknown, STATUS.expired];
const CODES = /^(DEVICE_CLOSED|DEVICE_PROTOCOL|DEVICE_REFUSED|DEVICE_UNREACHABLE|DEVICE_TIMEOUT)$/;
/** The bridge comes back after a loss as soon as it may: nobody wants to wait for its back-off. */
const HURRIED: Clock = { ...systemClock, after: (delayMs, callback) => systemClock.after(delayMs / 200, callback) };

test('any bytes from a broker give only coded ends and reports, and the bridge is back when the broker is in order', async () => {
  let chunks: readonly Uint8Array[] = [];
  let acceptsFirst = true;
  const broker = await EvilMqttBroker.open((packet, socket) => {
    if (packet.cmd !== 'connect') return;
    if (acceptsFirst) inOrder(packet, socket, 0);
    for (const chunk of chunks) socket.write(chunk);
  });
  const evil = broker.behaviour;
  const rig = await MqttRig.open(
    { plant: brokerAt(broker.port, { topics: [{ filter: 'plant/#', qos: 1 }], packetBytes: 4_096 }) },
    { clock: HURRIED, random: () => 0 },
  );
  const before = process.memoryUsage().rss;
  let cases = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(mqttBytes, { maxLength: 8 }), fc.boolean(), async (bytes, isAccepted) => {
        cases++;
        chunks = bytes;
        acceptsFirst = isAccepted;
        broker.behaviour = evil;
        broker.drop();
        const { connections } = broker;
        await until('the next connection', () => broker.connections > connections);
        const ends = await Promise.all([1, 2].map(() => rig.publish('plant', 'cmd/a', 'x', { expiryMs: 2_000 })));
        for (const { status } of ends) assert.ok(ENDS.includes(status), `${status}`);
        broker.behaviour = inOrder;
        await until('it to work again', async () => (await rig.publish('plant', 'cmd/b', 'y')).status === STATUS.ok);
        rig.arrived.length = 0;
        rig.audits.length = 0;
      }),
      { numRuns: 100_000_000, interruptAfterTimeLimit: FUZZ_MS },
    );
    assert.ok(cases > 0);
    for (const { code } of rig.logs) if (code !== undefined) assert.match(code, CODES);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < GROWTH_BYTES_MAX, `${grown} bytes more`);
  } finally {
    await rig.close();
    await broker.close();
  }
});

test.run();
