import { readFileSync } from 'node:fs';
import { checkGatewayFiles } from '../../../../host/src/check/check-gateway-files.ts';
import { decodeGateway, readGateway } from '../../../../host/src/configuration/decode-gateway.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { TestGateway } from '../../../lib/test-gateway.ts';
import { load } from './deployment-folder.ts';

const test = suite('check of MQTT brokers and listeners');

const SECRETS = { plant: { env: 'PLANT' }, boiler: { env: 'BOILER' } };

async function problemsOf(devices: object, secrets: object = SECRETS): Promise<string[]> {
  const { problems } = await load({ files: { 'gateway.json': { deviceId: 'g', secrets, devices } } });
  const ofDevices = problems.filter(({ path, code }) => path.startsWith('devices.') && code !== 'FILE_MISSING');
  return ofDevices.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}

const broker = (changes: object) => ({ plant: { type: 'mqtt-broker', url: 'mqtts://b', ...changes } });
const listener = (changes: object) => ({ sensors: { type: 'mqtt-listener', port: 1883, ...changes } });
const BOILER = { boiler: { password: { secret: 'boiler' } } };

const WRONG: Readonly<Record<string, readonly [devices: object, problem: RegExp]>> = {
  'a url with a password in it': [broker({ url: 'mqtt://u:p@b' }), /plant\.url: .*without user and password/],
  'an authority without TLS': [broker({ url: 'mqtt://b', ca: 'ca.pem' }), /plant\.ca: "ca" needs TLS/],
  'a certificate without its key': [
    broker({ certificate: 'c.pem' }),
    /plant\.certificate: "certificate" needs a "key"/,
  ],
  'a key without a certificate': [
    listener({ users: BOILER, key: 'k.pem' }),
    /sensors\.key: "key" needs a "certificate"/,
  ],
  'a password without a name': [
    broker({ password: { secret: 'plant' } }),
    /plant\.password: "password" needs a "username"/,
  ],
  'a password in the file': [
    broker({ username: 'u', password: 'hunter2' }),
    /plant\.password: expected an object that names a secret/,
  ],
  'a filter with a wildcard at the wrong place': [
    broker({ topics: [{ filter: 'a/#/b' }] }),
    /plant\.topics\[0\]\.filter: .*last level/,
  ],
  'a filter twice': [broker({ topics: [{ filter: 'a' }, { filter: 'a' }] }), /plant\.topics\[1\]\.filter: .*already/],
  'QoS 2': [
    broker({ topics: [{ filter: 'a', qos: 2 }] }),
    /plant\.topics\[0\]\.qos: expected a whole number from 0 to 1/,
  ],
  'permissions on topics of the broker': [
    listener({ users: BOILER, subscribe: ['$SYS/#'] }),
    /sensors\.subscribe\[0\]: .*belong to the broker/,
  ],
  'a listener that lets nobody in': [listener({}), /sensors\.users: nobody could connect/],
  'a user with the name of a broker': [
    { ...broker({}), ...listener({ users: { plant: { password: { secret: 'plant' } } } }) },
    /sensors\.users\.plant: "plant" sends messages as a leaf of "plant" already/,
  ],
};

for (const [what, [devices, problem]] of Object.entries(WRONG))
  test(`refuses ${what}, and says where`, async () => {
    const problems = await problemsOf(devices);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0]!, /^error devices\./);
    assert.match(problems[0]!, problem);
    assert.ok(!problems[0]!.includes('hunter2'));
  });

test('warns of secrets that there are not: without its own a device works like one that is away', async () => {
  const ofBroker = await problemsOf(broker({ username: 'u', password: { secret: 'plnt' } }));
  assert.match(ofBroker.join(), /^warning devices\.plant\.password\.secret: .*"plnt".*plant/);
  const ofUser = await problemsOf(listener({ users: { a: { password: { secret: 'x' } } } }));
  assert.match(ofUser.join(), /^warning devices\.sensors\.users\.a\.password\.secret: .*"x"; known are plant, boiler/);
});

test('warns of what would travel unencrypted, unless it stays on the machine', async () => {
  const withPassword = { username: 'u', password: { secret: 'plant' } };
  assert.match(
    (await problemsOf(broker({ url: 'mqtt://b', ...withPassword }))).join(),
    /^warning devices\.plant\.url: the password travels/,
  );
  assert.deepEqual(await problemsOf(broker({ url: 'mqtt://localhost:1884', ...withPassword })), []);
  assert.match(
    (await problemsOf(listener({ host: '0.0.0.0', users: BOILER }))).join(),
    /^warning devices\.sensors\.host: passwords and messages/,
  );
  assert.deepEqual(await problemsOf(listener({ users: BOILER })), []);
});

test('names files that are not there, relative to gateway.json', async () => {
  const devices = { ...broker({ ca: 'ca.pem' }), ...listener({ users: BOILER, certificate: 'c.pem', key: 'k.pem' }) };
  const { value, log } = readGateway(
    JSON.stringify({ deviceId: 'g', secrets: SECRETS, devices }),
    '/nowhere/gateway.json',
  );
  assert.ok(value !== undefined);
  await checkGatewayFiles(value, log);
  const missing = log.problems.filter(({ code }) => code === 'FILE_MISSING');
  assert.deepEqual(
    missing.map(({ path }) => path),
    ['devices.plant.ca', 'devices.sensors.certificate', 'devices.sensors.key'],
  );
  assert.match(missing[0]!.message, /\/nowhere\/ca\.pem/);
});

test('names a grant on a device that there is not, and a filter that is none', async () => {
  const open = (grants: object) =>
    TestGateway.open({
      modules: { m: { settings: { grants } } },
      routes: {},
      gateway: { deviceId: 'g', devices: broker({}) },
    });
  const unknown = await open({ mqtt: [{ device: 'plnt', publish: ['a'] }] });
  assert.ok(
    unknown.problems.some(
      ({ code, path }) => code === 'GRANT_UNKNOWN_DEVICE' && path.endsWith('grants.mqtt[0].device'),
    ),
  );
  await unknown.close();
  const wrong = await open({ mqtt: [{ device: 'plant', publish: ['a/#/b'] }] });
  const problem = wrong.problems.find(({ code }) => code === 'GRANT_INVALID');
  assert.match(`${problem?.path} ${problem?.message}`, /grants\.mqtt\[0\]\.publish\[0\] .*last level/);
  await wrong.close();
});

test('the configurations of docs/mqtt.md decode', () => {
  const document = readFileSync(new URL('../../../../docs/mqtt.md', import.meta.url), 'utf8');
  const examples = [...document.matchAll(/^```json gateway.*\n([\s\S]*?)^```/gm)].map(([, text]) => text as string);
  assert.equal(examples.length, 3);
  for (const text of examples) assert.deepEqual(decodeGateway(text, 'gateway.json').problems, []);
});

test.run();
