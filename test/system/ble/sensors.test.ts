import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { adStructure, manufacturerData, serviceData } from '../../../modules-as/test-lib/ble-payloads.ts';
import { readmeExample } from '../../../modules-as/test-lib/readme-example.ts';
import { Climate, type ClimateSample } from '../../../tools/simulators/ble/climate.ts';
import { seededRandom } from '../../../tools/simulators/pump/random.ts';
import { buildModules } from '../../../tools/src/module-build/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { Mosquitto } from '../../peers/mosquitto.ts';
import { Lab } from './lab.ts';
import { addressOf } from './probe-gateway.ts';

const test = suite('the whole gateway with ble-sensors', {
  needs: [TOOLS.socat, TOOLS.mosquitto, TOOLS.mosquittoClients],
  timeoutMs: 90_000,
});
const [built] = await buildModules(['ble-sensors']);
const wasm = readFileSync(built!.file);
const FLAGS = adStructure(1, Buffer.of(6));
const KEY = Buffer.from('231d39c1d7cc1ab1aee224cd096db932', 'hex');
const SEED = 7;

type Message = Readonly<Record<string, unknown>>;

/** BTHome data as a device with the key and the address would send it, encrypted by OpenSSL. */
function encrypted(address: string, objects: string, counter: number): Buffer {
  const head = Buffer.of(0x41);
  const count = Buffer.alloc(4);
  count.writeUInt32LE(counter);
  const nonce = Buffer.concat([Buffer.from(`${address.replaceAll(':', '')}d2fc`, 'hex'), head, count]);
  const cipher = createCipheriv('aes-128-ccm', KEY, nonce, { authTagLength: 4 });
  const text = cipher.update(Buffer.from(objects, 'hex'));
  cipher.final();
  return Buffer.concat([head, text, count, cipher.getAuthTag()]);
}

/** Runs a gateway behind controller 0, and gives what its module sends up. */
async function withGateway(
  lab: Lab,
  desired: Message,
  body: (messages: () => Message[], host: TestGateway) => Promise<void>,
): Promise<void> {
  const broker = await Mosquitto.open();
  try {
    const reader = await broker.read();
    const boiler = { type: 'ble', address: addressOf(1) };
    const host = await TestGateway.open({
      modules: {
        sensors: {
          wasm,
          settings: { grants: readmeExample('ble-sensors', 'grants')[0] },
          env: { [`BTHOME_KEY_${addressOf(4).replaceAll(':', '')}`]: KEY.toString('hex') },
          desired,
        },
      },
      routes: { up: 'FROM /messages/modules/sensors/outputs/telemetry INTO $upstream' },
      gateway: {
        deviceId: 'gw',
        uplink: { url: `mqtt://127.0.0.1:${broker.port}`, authentication: { type: 'none' } },
        bluetooth: { port: lab.server.ttyPath(0), baudRate: 1_000_000 },
        devices: { ...(readmeExample('ble-sensors', 'devices')[0] as object), boiler },
      },
    } as Parameters<typeof TestGateway.open>[0]);
    try {
      await body(() => reader.messages.map((message) => JSON.parse(message.body) as Message), host);
    } catch (error) {
      const said = host.logs.slice(-20).map(({ module, text }) => `${module ?? 'host'}: ${text}`);
      throw new Error(`${(error as Error).message}; the gateway said:\n${said.join('\n')}`, { cause: error });
    } finally {
      await host.close();
    }
  } finally {
    await broker.close();
  }
}

/** What the simulated sensor with the seed measures, in its order. */
function climate(samples: number): ClimateSample[] {
  const source = new Climate(seededRandom(SEED));
  return Array.from({ length: samples }, () => source.next());
}

test('Ruuvi and BTHome beacons on bleno come up as JSON, encrypted ones too', () =>
  Lab.run(5, async (lab) => {
    const ruuvi = Buffer.from('0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F', 'hex');
    const beacons: [number, Buffer][] = [
      [2, Buffer.concat([FLAGS, manufacturerData(0x0499, ruuvi)])],
      [3, Buffer.concat([FLAGS, serviceData(0xfcd2, Buffer.from('4002CA0903BF13', 'hex'))])],
      [4, Buffer.concat([FLAGS, serviceData(0xfcd2, encrypted(addressOf(4), '0161', 5_000))])],
    ];
    for (const [controller, data] of beacons)
      await lab
        .start('test/system/ble/beacon.ts', [lab.server.ttyPath(controller), data.toString('hex')])
        .line('ready');
    const names = { [addressOf(2)]: 'freezer' };
    await withGateway(lab, { advertisements: { device: 'air', names } }, async (messages, host) => {
      const find = (key: string, value: string): Promise<Message> =>
        until(`a message of ${value}`, () => messages().find((message) => message[key] === value), 20_000);
      const freezer = await find('device', 'freezer');
      assert.deepEqual([freezer['format'], freezer['address']], ['ruuvi', addressOf(2)]);
      assert.deepEqual([freezer['temperatureCel'], freezer['mac']], [24.3, 'cb:b8:33:4c:88:4f']);
      assert.equal(typeof freezer['rssiDbm'], 'number');
      const plain = await find('device', addressOf(3));
      assert.deepEqual([plain['temperatureCel'], plain['humidityPct']], [25.06, 50.55]);
      assert.equal((await find('device', addressOf(4)))['batteryPct'], 97);
      await until('the state in the twin', () => 'advertisements' in host.gateway.reported('sensors'), 20_000);
      const { status, malformed, encrypted: locked } = host.gateway.reported('sensors')['advertisements'] as Message;
      assert.deepEqual([status, malformed, locked], ['ok', 0, 0]);
    });
  }));

test('a sensor on bleno is heard as it notifies, value by value as it measured', () =>
  Lab.run(2, async (lab) => {
    await lab.sensor(1, ['--interval-ms', '50', '--seed', String(SEED)]);
    const characteristics = ['181a/2a6e', '181a/2a6f', '181a/2a6d'];
    await withGateway(lab, { devices: { boiler: { characteristics } } }, async (messages) => {
      await until('thirty messages', () => messages().length >= 30, 30_000);
      assertMeasured(messages(), ['temperatureCel', 'humidityPct', 'pressurePa']);
    });
  }));

test('a sensor on bleno is read at an interval, with its battery', () =>
  Lab.run(2, async (lab) => {
    await lab.sensor(1, ['--interval-ms', '50', '--seed', String(SEED)]);
    const desired = { devices: { boiler: { characteristics: ['180f/2a19'], intervalMs: 1_000 } } };
    await withGateway(lab, desired, async (messages) => {
      await until('two messages', () => messages().length >= 2, 30_000);
      for (const { device, format, batteryPct } of messages())
        assert.deepEqual([device, format, batteryPct], ['boiler', 'gatt', 100]);
    });
  }));

/** Every value of these members is one that the sensor measured, in its order. */
function assertMeasured(messages: readonly Message[], names: readonly string[]): void {
  const samples = climate(5_000);
  for (const name of names) {
    const values = messages.flatMap((message) => (name in message ? [message[name] as number] : []));
    assert.ok(values.length >= 5, `${values.length} values of ${name}`);
    let at = 0;
    for (const value of values) {
      const found = samples.findIndex((sample, index) => index >= at && measured(sample, name) === value);
      assert.ok(found >= 0, `${name} ${value} behind sample ${at}`);
      at = found + 1;
    }
  }
}

/** A sample as its characteristic rounds it. */
function measured(sample: ClimateSample, name: string): number {
  if (name === 'temperatureCel') return Math.round(sample.temperatureCelsius * 100) / 100;
  return name === 'humidityPct'
    ? Math.round(sample.humidityPercent * 100) / 100
    : Math.round(sample.pressurePascal * 10) / 10;
}

test.run();
