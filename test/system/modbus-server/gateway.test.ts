import { fileURLToPath } from 'node:url';
import modbus from 'modbus-serial';
import type { JsonObject } from '../../../host/src/json/index.ts';
import { compileAssembly } from '../../../tools/src/module-build/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { mbpoll } from '../../peers/modbus-clients.ts';

const test = suite('a SCADA and a module of a whole gateway', { timeoutMs: 120_000 });
const PANEL = fileURLToPath(new URL('assembly/panel.ts', import.meta.url));

/** A gateway whose module offers a temperature and a limit, and a client that is connected. */
async function open() {
  const wasm = await compileAssembly(PANEL);
  const grants = {
    'modbus-server': [{ device: 'scada', offer: ['input:0-1', 'holding:10'], accept: ['holding:10', 'coil:1'] }],
  };
  const host = await TestGateway.open({
    modules: { panel: { wasm, settings: { grants } } },
    agent: { devices: { scada: { type: 'modbus-server', port: 0, staleAfterMs: 60_000 } } },
    routes: {},
    gateway: { deviceId: 'gw-1' },
  });
  const port = await until('the port', () => {
    const text = host.logs.map((entry) => entry.text).join('\n');
    return Number(/listens for Modbus on 127\.0\.0\.1 port (\d+)/.exec(text)?.[1] ?? 0) || undefined;
  });
  const client = new modbus.default();
  await client.connectTCP('127.0.0.1', { port });
  client.setTimeout(10_000);
  client.setID(1);
  const limit = () => client.readHoldingRegisters(10, 1).then(({ data }) => data[0]!, exceptionOf);
  const close = async () => {
    await new Promise<void>((resolve) => client.close(() => resolve()));
    await host.close();
  };
  return { host, port, client, limit, close };
}

/** An exception as a negative number. */
const exceptionOf = ({ modbusCode }: { modbusCode: number }): number => -modbusCode;

test('values of an AssemblyScript module are read, and a set point reaches it and is read back', async () => {
  const { host, client, limit, close } = await open();
  try {
    await until('the limit that the module begins with', async () => (await limit()) === 500);
    assert.equal((await client.readInputRegisters(0, 2)).buffer.readFloatBE(), 21.5);
    for (let value = 1; value <= 20; value++) await client.writeRegister(10, value);
    await until('the last set point', async () => (await limit()) === 20);
    const audits = host.logs.filter(({ details }) => details?.['audit'] !== undefined).map(({ text }) => text);
    assert.equal(audits.length, 20);
    assert.match(audits[19]!, /^write scada holding:10 = 20 by 127\.0\.0\.1:\d+: confirmed after \d+ ms$/);
    const { devices } = host.gateway.reported('$edgeAgent') as { devices: Record<string, JsonObject> };
    assert.deepEqual(devices['scada'], { type: 'modbus-server', source: 'deployment', state: 'listening' });
  } finally {
    await close();
  }
});

test('a module that fails takes its values with it, and sets them anew when it is back', async () => {
  const { host, client, limit, close } = await open();
  try {
    await until('the limit that the module begins with', async () => (await limit()) === 500);
    await client.writeRegister(10, 7);
    await until('the set point', async () => (await limit()) === 7);
    await client.writeCoil(1, true);
    const seen = new Set<number>();
    await until('the limit that the next instance begins with', async () => {
      const value = await limit();
      seen.add(value);
      return value === 500;
    });
    for (const value of seen) assert.ok([7, -11, 500].includes(value), `${value}`);
    assert.ok(host.states.some(({ state }) => state === 'failed'));
    await client.writeRegister(10, 8);
    await until('a set point for the next instance', async () => (await limit()) === 8);
  } finally {
    await close();
  }
});

test(
  'mbpoll learns that registers are not there, and the operator that somebody asked',
  async () => {
    const { host, port, limit, close } = await open();
    try {
      await until('the limit', async () => (await limit()) === 500);
      assert.match(await mbpoll(port, { type: '4', address: 10 }), /^\[10\]:\s+500$/m);
      assert.match(await mbpoll(port, { type: '4', address: 11 }), /Illegal data address/);
      assert.match(await mbpoll(port, { type: '3', address: 0, values: [], unitId: 7 }), /failed/);
      const { security } = host.gateway.reported('$edgeAgent') as { security: { totals: JsonObject } };
      assert.equal(security.totals['CLIENT_DENIED:gateway'], 1);
    } finally {
      await close();
    }
  },
  { needs: [TOOLS.mbpoll] },
);

test.run();
