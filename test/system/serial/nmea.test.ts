import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readmeExample } from '../../../modules-as/test-lib/readme-example.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { Mosquitto } from '../../peers/mosquitto.ts';
import { gpsdDecode, pynmeaDecode } from '../../peers/nmea-decoders.ts';
import { meaningOf } from '../../peers/nmea-meaning.ts';
import { openPtyPair } from '../../peers/pty-pair.ts';

const test = suite('the whole gateway with nmea-0183 on a serial line', {
  needs: [TOOLS.socat, TOOLS.mosquitto, TOOLS.mosquittoClients, TOOLS.pynmea2, TOOLS.gpsdecode],
  timeoutMs: 60_000,
});
const vectors = new URL('../../vectors/nmea/', import.meta.url);
const LOG = readFileSync(new URL('humminbird-m37.nmea', vectors));
const SENTENCES = (
  JSON.parse(readFileSync(new URL('sentences.json', vectors), 'utf8')) as { sentences: string[] }[]
).flatMap(({ sentences }) => sentences);
const wasm = readFileSync(new URL('../../../modules-as/build/nmea-0183.wasm', import.meta.url));

const [PORT] = readmeExample('nmea-0183', 'port') as [Record<string, unknown>];

type Message = Readonly<Record<string, unknown>>;

/** Plays bytes into a line with socat, and returns what came up from the gateway once there are `count` messages. */
async function play(
  bytes: Uint8Array,
  desired: Message,
  count: number,
): Promise<{ topics: string[]; bodies: Message[] }> {
  const pair = await openPtyPair();
  const broker = await Mosquitto.open();
  try {
    const reader = await broker.read();
    const host = await TestGateway.open({
      modules: {
        nmea: {
          wasm,
          settings: { grants: { serial: [{ device: 'gps', read: true }] } },
          desired: { device: 'gps', ...desired },
        },
      },
      routes: { up: 'FROM /messages/modules/nmea/outputs/telemetry INTO $upstream' },
      gateway: {
        deviceId: 'gw',
        uplink: { url: `mqtt://127.0.0.1:${broker.port}`, authentication: { type: 'none' } },
        devices: {
          gps: { ...PORT, path: pair.near },
        },
      },
    });
    try {
      await host.reaches('nmea', 'running');
      await until('the subscription', () => 'settings' in host.gateway.reported('nmea'));
      await until('the port', async () => {
        const { devices } = await host.gateway.status();
        return (devices['gps'] as { state: string }).state === 'open';
      });
      const file = join(broker.folder, 'log.nmea');
      writeFileSync(file, bytes);
      await promisify(execFile)('socat', ['-u', `FILE:${file}`, `FILE:${pair.far}`]);
      const messages = await until('all messages', () => reader.messages.length >= count && reader.messages, 20_000);
      return {
        topics: messages.map(({ topic }) => topic),
        bodies: messages.map(({ body }) => JSON.parse(body) as Message),
      };
    } finally {
      await host.close();
    }
  } finally {
    await broker.close();
    await pair.close();
  }
}

const lines = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString('latin1').split('\r\n');

/** Numbers are the same to what the module rounds to: 1e-10 degrees, 1 mm/s. */
function isSame(got: unknown, expected: number | boolean | undefined): boolean {
  return typeof got === 'number' && typeof expected === 'number'
    ? Math.abs(got - expected) <= 0.000_500_1
    : got === expected;
}

test('a public log and the public sentences, played by socat, come up as pynmea2 reads them', async () => {
  const bytes = Buffer.concat([LOG, Buffer.from(SENTENCES.map((text) => `${text}\r\n`).join(''))]);
  // Of the parts of a list of satellites, the last brings the message.
  const isPart = (text: string): boolean => /GSV,(\d),(?!\1)/.test(text);
  const decoded = pynmeaDecode(lines(bytes).filter((text) => !isPart(text))).filter((values) => values !== null);
  assert.equal(decoded.length, 73 + 25);
  const { topics, bodies } = await play(bytes, {}, decoded.length);
  assert.equal(bodies.length, decoded.length);
  for (const [index, values] of decoded.entries()) {
    const body = bodies[index]!;
    assert.deepEqual([body['sentence'], body['talker']], [values['sentence'], values['talker']]);
    for (const [key, expected] of Object.entries(meaningOf(values))) {
      const near =
        key.startsWith('l') && typeof expected === 'number' ? Math.abs((body[key] as number) - expected) < 1e-9 : true;
      assert.ok(near && isSame(body[key], expected), `${JSON.stringify(body)}: ${key} is not ${expected}`);
    }
    assert.ok(topics[index]!.includes(`sentence=${values['sentence']}`), topics[index]);
  }
});

test('a public log comes up with the positions, speeds and courses that gpsd finds in it', async () => {
  const reports = gpsdDecode(LOG);
  assert.ok(reports.length > 15, `${reports.length}`);
  const sentences = ['RMC', 'GLL', 'GGA'];
  const expected = lines(LOG).filter((text) => /^\$IN(RMC|GLL|GGA)/.test(text)).length;
  const { bodies } = await play(LOG, { sentences }, expected);
  for (const { time, lat, lon, altMSL, track, speed } of reports) {
    const timeOfDayMs = Date.parse(time) % 86_400_000;
    const body = bodies.find((message) => message['timeOfDayMs'] === timeOfDayMs);
    assert.ok(body, time);
    assert.ok(
      Math.abs((body['latitudeDeg'] as number) - lat) < 1e-9 && Math.abs((body['longitudeDeg'] as number) - lon) < 1e-9,
      time,
    );
    // Between two sentences that tell them, gpsd computes speed and course itself.
    if (track !== undefined) assert.ok(isSame(body['courseDeg'], track) && isSame(body['speedMps'], speed), time);
    if (altMSL !== undefined) assert.equal(body['altitudeM'], altMSL, time);
  }
});

test('a public log comes up merged, as one fix with what all of its sentences told last', async () => {
  const { bodies } = await play(LOG, { emit: 'merged', intervalMs: 500, staleMs: 60_000 }, 1);
  const fix = bodies.at(-1)!;
  assert.equal(fix['sentence'], 'merged');
  for (const key of [
    'utcMs',
    'latitudeDeg',
    'longitudeDeg',
    'altitudeM',
    'speedMps',
    'courseDeg',
    'depthM',
    'waterTemperatureCel',
  ])
    assert.equal(typeof fix[key], 'number', `${key} in ${JSON.stringify(fix)}`);
});

test.run();
