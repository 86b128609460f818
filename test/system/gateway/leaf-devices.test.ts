import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadDeployment } from '../../../host/src/check/index.ts';
import type { JsonObject } from '../../../host/src/json/index.ts';
import { findPatchFault, isSectionInLimits } from '../../../host/src/twin/patch.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { startLibmodbus } from '../../peers/modbus-servers.ts';

const test = suite('leaf devices of a deployment', { timeoutMs: 60_000 });
const translate = readFileSync(new URL('../../../modules-as/build/modbus-translate.wasm', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../../examples/fleet', import.meta.url));

const tcp = (port: number) => ({
  ...{ type: 'modbus-tcp', host: '127.0.0.1', port },
  polls: { fast: { registers: ['holding:100'], intervalMs: 50 } },
});
const reader = (device: string) => ({
  wasm: translate,
  settings: { grants: { modbus: [{ device, poll: ['fast'] }], kv: { bytes: 16_384 } } },
  desired: { device, poll: 'fast', registers: { pressure: { address: 'holding:100' } } },
});
type Twin = JsonObject & { devices: Record<string, JsonObject>; devicesOmitted: number };

test(
  'libmodbus is read as a device of the deployment, and as one whose address gateway.json replaces; twin, status and metrics have both',
  async () => {
    const peer = await startLibmodbus();
    const host = await TestGateway.open({
      modules: { general: reader('general'), own: reader('own') },
      agent: { devices: { general: tcp(peer.port), own: tcp(1) } },
      routes: { up: 'FROM /messages/* INTO $upstream' },
      gateway: { deviceId: 'gw', devices: { own: tcp(peer.port) }, metrics: { port: 0 } },
    });
    try {
      assert.deepEqual(
        host.problems.filter(({ code }) => code === 'DEVICE_REPLACED').map(({ severity, path }) => [severity, path]),
        [['note', 'devices.own']],
      );
      const twin = () => host.gateway.reported('$edgeAgent') as Twin;
      await until('both devices to be connected', () => {
        const { general, own } = twin().devices;
        return general?.['state'] === 'connected' && own?.['state'] === 'connected';
      });
      assert.deepEqual(twin().devices, {
        general: { type: 'modbus-tcp', source: 'deployment', state: 'connected' },
        own: { type: 'modbus-tcp', source: 'gateway.json', state: 'connected' },
      });
      await until('readings of both', async () => {
        const { modules } = await host.gateway.status();
        return modules.every(({ counters }) => counters.emitted > 2);
      });
      const address = /http:\S+/.exec(host.logs.map(({ text }) => text).join('\n'))?.[0] ?? '';
      const text = await (await fetch(address)).text();
      for (const device of ['general', 'own'])
        assert.match(
          text,
          new RegExp(`^gatehouse_device_total\\{[^}]*device="${device}"[^}]*figure="connections"[^}]*\\} 1$`, 'm'),
        );
    } finally {
      await host.close();
      await peer.stop();
    }
  },
  { needs: [TOOLS.cc, TOOLS.libmodbus] },
);

test('of many devices those with an error stay in the twin, which fits into a section', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 250 }, (_, index) => [`device-${'x'.repeat(40)}-${index}`, tcp(1)]),
  );
  const host = await TestGateway.open({
    modules: {},
    agent: { devices: many },
    routes: {},
    gateway: { deviceId: 'gw' },
  });
  try {
    const twin = await until('an error of a device', () => {
      const section = host.gateway.reported('$edgeAgent') as Twin;
      return Object.values(section.devices).some(({ lastError }) => lastError !== undefined) ? section : undefined;
    });
    assert.ok(isSectionInLimits(twin));
    assert.equal(findPatchFault(twin), undefined);
    assert.equal(Object.keys(twin.devices).length + twin.devicesOmitted, 250);
    const { code, text } = Object.values(twin.devices)[0]!['lastError'] as JsonObject;
    assert.equal(code, 'DEVICE_UNREACHABLE');
    assert.match(text as string, /127\.0\.0\.1 port 1 /);
  } finally {
    await host.close();
  }
});

test('the example of a fleet is sound, and its line is that of the gateway', async () => {
  const { loaded, problems } = await loadDeployment(`${EXAMPLE}/deployment.json`);
  assert.deepEqual(
    problems.map(({ severity, code, path }) => [severity, code, path]),
    [
      ['warning', 'SIGNATURE_MISSING', 'allowUnsigned'],
      ['note', 'DEVICE_REPLACED', 'lines.bus'],
    ],
  );
  assert.match(loaded?.gateway.lines?.['bus']?.path ?? '', /by-path/);
  assert.deepEqual(Object.keys(loaded?.gateway.devices ?? {}), ['pump', 'meter']);
});

test.run();
