import { readFileSync } from 'node:fs';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { mbpollRead, startLibmodbus, startPymodbus } from '../../peers/modbus-servers.ts';
import { Mosquitto } from '../../peers/mosquitto.ts';

const test = suite('the whole gateway between real peers', {
  needs: [TOOLS.mosquitto, TOOLS.mosquittoClients, TOOLS.mbpoll],
  timeoutMs: 60_000,
});
const moduleFile = (name: string) => readFileSync(new URL(`../../../modules-as/build/${name}.wasm`, import.meta.url));

/** The modules of the pump example on a device whose register 100 holds what they take for the pressure. */
function deployment(
  low: number,
  device: { port: number },
  broker: { port: number },
): Parameters<typeof TestGateway.open>[0] {
  const route = (from: string, to: string) => `FROM /messages/modules/${from} INTO ${to}`;
  const input = (module: string, name: string) => `BrokeredEndpoint("/modules/${module}/inputs/${name}")`;
  return {
    modules: {
      translate: {
        wasm: moduleFile('modbus-translate'),
        settings: {
          grants: { modbus: [{ device: 'pump', read: ['holding:100-101'], poll: ['fast'] }], kv: { bytes: 16_384 } },
        },
        desired: {
          device: 'pump',
          poll: 'fast',
          registers: { pressure: { address: 'holding:100', scale: 0.1, unit: 'bar' } },
        },
      },
      stats: {
        wasm: moduleFile('window-stats'),
        desired: { windows: { short: { lengthMs: 500, fields: ['pressure'] } }, quantiles: [0.5] },
      },
      guard: {
        wasm: moduleFile('anomaly-guard'),
        settings: {
          grants: { modbus: [{ device: 'pump', read: ['coil:11'], write: ['coil:11'] }], kv: { bytes: 16_384 } },
        },
        desired: {
          device: 'pump',
          rules: { low: { field: 'pressure', low, severity: 'critical', stop: true } },
          stop: { address: 'coil:11', value: 1, expiryMs: 500 },
        },
      },
      alarm: {
        wasm: moduleFile('alarm'),
        settings: { grants: { kv: { bytes: 65_536 } } },
        desired: { groupBy: 'device' },
      },
    },
    routes: {
      toGuard: route('translate/outputs/telemetry', input('guard', 'readings')),
      toStats: route('translate/outputs/telemetry', input('stats', 'readings')),
      toAlarm: route('guard/outputs/anomalies', input('alarm', 'anomalies')),
      telemetry: route('translate/*', '$upstream'),
      statistics: route('stats/*', '$upstream'),
      alarms: route('alarm/*', '$upstream'),
    },
    gateway: {
      deviceId: 'gw',
      uplink: { url: `mqtt://127.0.0.1:${broker.port}`, authentication: { type: 'none' } },
      devices: {
        pump: {
          type: 'modbus-tcp',
          host: '127.0.0.1',
          port: device.port,
          polls: { fast: { registers: ['holding:100-101'], intervalMs: 50 } },
        },
      },
    },
  };
}

for (const { name, start, register, needs } of [
  { name: 'libmodbus', start: startLibmodbus, register: 100, needs: [TOOLS.cc, TOOLS.libmodbus] },
  { name: 'pymodbus', start: () => startPymodbus([1]), register: 1100, needs: [TOOLS.pymodbus] },
]) {
  test(
    `stops a pump that is ${name}; mosquitto_sub sees telemetry, statistics and one alarm, mbpoll the coil`,
    async () => {
      const device = await start();
      const broker = await Mosquitto.open();
      try {
        assert.deepEqual(await mbpollRead(device.port, 1, 'coil', 11, 1), [0]);
        const reader = await broker.read();
        const pressure = register / 10;
        const host = await TestGateway.open(deployment(pressure + 1, device, broker));
        try {
          const bodies = (module: string) =>
            reader.messages
              .filter(({ topic }) => topic.startsWith(`devices/gw/modules/${module}/messages/events/`))
              .map(({ body }) => JSON.parse(body));
          const telemetry = await until('telemetry', () => bodies('translate')[5]);
          assert.equal(telemetry.pressure, pressure);
          assert.equal(telemetry.device, 'pump');
          const alarms = await until('an alarm', () => bodies('alarm').length > 0 && bodies('alarm'));
          assert.equal(new Set(alarms.map(({ id }) => id)).size, 1, JSON.stringify(alarms));
          await until('statistics', () => bodies('stats').length > 1);
          await until('the coil', async () => (await mbpollRead(device.port, 1, 'coil', 11, 1))[0] === 1);
          const audit = host.logs.find(({ details }) => details?.['audit'] !== undefined);
          assert.match(audit?.text ?? '', /^write pump coil:11 = 1: confirmed/);
          const { mid, ct } = Object.fromEntries(
            [...reader.messages[0]!.topic.matchAll(/%24\.(mid|ct)=([^&/]*)/g)].map(([, key, value]) => [key, value]),
          );
          assert.ok(mid, 'a message id is stamped');
          assert.equal(ct, 'application%2Fjson');
        } catch (error) {
          const said = host.logs.slice(-20).map(({ module, text }) => `${module ?? 'host'}: ${text}`);
          throw new Error(`${(error as Error).message}; the gateway said:\n${said.join('\n')}`, { cause: error });
        } finally {
          await host.close();
        }
      } finally {
        await broker.close();
        await device.stop();
      }
    },
    { needs },
  );
}

test.run();
