import { fileURLToPath } from 'node:url';
import { STATUS } from '../../../host/src/abi/constants.ts';
import type { JsonObject } from '../../../host/src/json/index.ts';
import { fixture } from '../../../sdk/test/lib/fixture.ts';
import { DriverAsker } from '../../lib/driver-asker.ts';
import { guideModule } from '../../lib/guide-module.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { type PeerProcess, startPeer } from '../../peers/peer-process.ts';
import { openPtyPair, type PtyPair } from '../../peers/pty-pair.ts';

const test = suite('modules on the SDK and python3-serial through the whole gateway', {
  needs: [TOOLS.socat, TOOLS.pythonSerial],
  timeoutMs: 90_000,
});
const DEVICE = fileURLToPath(new URL('../../peers/serial-device.py', import.meta.url));
const asker = (await fixture('serial-asker')).wasm('release');
const startDevice = (pair: PtyPair): Promise<PeerProcess> => startPeer('/usr/bin/python3', [DEVICE, pair.far]);

interface Bench extends DriverAsker {
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
}

const SCALE = { device: 'scale', read: true, write: true };

async function withBench(body: (bench: Bench) => Promise<void>, wasm = asker, grants = [SCALE]): Promise<void> {
  const pair = await openPtyPair();
  let device = await startDevice(pair);
  const framing = { type: 'delimiter', delimiter: '\r\n' };
  const port = { type: 'serial', framing, frameBytes: 256, timeoutMs: 2_000 };
  const devices = { scale: { ...port, path: pair.near }, other: { ...port, path: '/dev/no-such-port' } };
  const bench = await DriverAsker.open(wasm, { grants: { serial: grants }, gateway: { devices } });
  const unplug = async () => {
    await pair.unplug();
    await device.stop();
  };
  const plugIn = async () => {
    await pair.plug();
    device = await startDevice(pair);
  };
  try {
    await until('the port', () => isOpen(bench));
    await body(Object.assign(bench, { unplug, plugIn }));
  } catch (error) {
    const said = bench.host.logs.slice(-20).map(({ module, text }) => `${module ?? 'host'}: ${text}`);
    throw new Error(`${(error as Error).message}; the gateway said:\n${said.join('\n')}`, { cause: error });
  } finally {
    await bench.close();
    await device.stop();
    await pair.close();
  }
}

async function isOpen({ host }: DriverAsker): Promise<boolean> {
  const { devices } = (await host.gateway.status()) as unknown as { devices: Record<string, JsonObject> };
  return JSON.stringify(devices).includes('"state":"open"');
}

async function answerTo(bench: Bench, name: string, request: JsonObject): Promise<JsonObject> {
  bench.ask({ name, port: 'scale', kind: 'exchange', text: 'W\r\n', ...request });
  const { name: _, ...answer } = await bench.hears(`the answer ${name}`, (body) => body['name'] === name, 30_000);
  return answer;
}

test('the example of docs/sdk.md weighs, and sends what the scale says unasked as well', async () => {
  const scale = await guideModule('Scale');
  await withBench(async (bench) => {
    bench.ask({});
    const asked = await bench.hears('a weight', (body) => body['asked'] === true, 30_000);
    assert.deepEqual(asked, { asked: true, status: STATUS.ok, text: '1.5 kg' });
  }, scale);
});

test('an exchange has its answer, a write leaves, and other lines go to who subscribed', () =>
  withBench(async (bench) => {
    assert.deepEqual(await answerTo(bench, 'weigh', {}), { status: STATUS.ok, text: '1.5 kg' });
    bench.ask({ name: 'lines', port: 'scale', kind: 'subscribe' });
    bench.ask({ name: 'flood', port: 'scale', kind: 'write', text: 'FLOOD 3\r\n' });
    const last = await bench.hears('the last line', (body) => body['text'] === '2', 30_000);
    assert.deepEqual(last, { name: 'lines', status: STATUS.ok, text: '2' });
    const audits = bench.host.logs.filter(({ details }) => details?.['audit'] !== undefined);
    assert.deepEqual(
      audits.map(({ text }) => text.replace(/ after .*/, '')),
      [
        `write scale 3 bytes = ${[...Buffer.from('W\r\n')].join(' ')}: confirmed`,
        `write scale 9 bytes = ${[...Buffer.from('FLOOD 3\r\n')].join(' ')}: confirmed`,
      ],
    );
  }));

test('another port, and writing without the grant for it, are denied, reach no port, and are a security event', () =>
  withBench(
    async (bench) => {
      const denied = { status: STATUS.denied, text: '' };
      assert.deepEqual(await answerTo(bench, 'port', { port: 'other' }), denied);
      assert.deepEqual(await answerTo(bench, 'exchange', {}), denied);
      assert.deepEqual(await answerTo(bench, 'write', { kind: 'write' }), denied);
      await until('the security event', () => bench.denials.length > 0);
      const { security } = bench.host.gateway.reported('$edgeAgent') as { security: JsonObject };
      assert.ok(JSON.stringify(security).includes('CAPABILITY_DENIED'), JSON.stringify(security));
      assert.ok(!bench.host.logs.some(({ details }) => details?.['audit'] !== undefined), 'nothing was written');
    },
    asker,
    [{ ...SCALE, write: false }],
  ));

test('a line that is pulled out ends requests with a code, and answers when it is back', () =>
  withBench(async (bench) => {
    assert.equal((await answerTo(bench, 'before', {}))['status'], STATUS.ok);
    await bench.unplug();
    await until('the loss of the port', async () => !(await isOpen(bench)));
    const lost = await answerTo(bench, 'lost', { expiryMs: 200 });
    assert.deepEqual(lost, { status: STATUS.expired, text: '' });
    await bench.plugIn();
    await until('the port', () => isOpen(bench), 40_000);
    assert.deepEqual(await answerTo(bench, 'back', {}), { status: STATUS.ok, text: '1.5 kg' });
    const said = bench.host.logs.filter(({ text }) => text.startsWith('device "scale"')).map(({ text }) => text);
    assert.ok(
      said.some((text) => text.includes('is gone')) && said.at(-1)!.includes('can be reached again'),
      said.join('\n'),
    );
  }));

test.run();
