import { decodeGateway } from '../../../../host/src/configuration/decode-gateway.ts';
import { MODULE_LIMITS } from '../../../../host/src/limits.ts';
import { decodeDeployment } from '../../../../host/src/manifest/decode-deployment.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { readValid } from './vectors.ts';

const test = suite('decodeDeployment');
const FILE = '/etc/gatehouse/deployment.json';

const decodeValid = (file: string) => {
  const decoded = decodeDeployment(readValid(file), FILE);
  assert.deepEqual(
    decoded.problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  return { deployment: decoded.value!, problems: decoded.problems };
};

/** Plain objects, so that they compare with literals. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

test('reads every setting of a module', () => {
  const { deployment, problems } = decodeValid('deployment-complete.json');
  assert.deepEqual(problems, []);
  assert.deepEqual(plain(deployment.modules[0]), {
    id: 'translate',
    version: '1.0',
    status: 'running',
    restartPolicy: 'always',
    startupOrder: 1,
    environment: { LEVEL: 'debug', RATE: '2.5', DRY: 'false' },
    image: '/etc/gatehouse/modules/translate.wasm',
    grants: {
      modbus: [
        {
          device: 'pump',
          read: ['holding:0-9', 'input:0-3'],
          write: ['coil:1'],
          poll: ['fast'],
          failSafe: { address: 'coil:1', value: 1, afterSeconds: 5 },
        },
      ],
      kv: { bytes: 65536 },
    },
    limits: { ...defaultLimits(), memoryBytes: 1048576, timers: 4 },
    isolation: 'shared',
    inputs: { readings: { bytes: 131072, policy: 'wait' }, others: { bytes: 65536, policy: 'drop-oldest' } },
    restartSchedule: 'iot-edge',
    allowDowngrade: false,
    desired: { registers: [{ name: 'pressure', at: 0 }], scale: { pressure: 0.1 } },
  });
});

test('fills in the defaults of a module that has only an image', () => {
  const { deployment } = decodeValid('deployment-complete.json');
  assert.deepEqual(plain(deployment.modules[1]), {
    id: 'alarm',
    version: '',
    status: 'running',
    restartPolicy: 'on-unhealthy',
    startupOrder: 4294967295,
    environment: {},
    image: '/opt/modules/alarm.wasm',
    grants: {},
    limits: defaultLimits(),
    isolation: 'shared',
    inputs: {},
    restartSchedule: 'gatehouse',
    allowDowngrade: false,
    desired: {},
  });
});

test('reads routes with the place of their text, without those that are switched off', () => {
  const { deployment } = decodeValid('deployment-complete.json');
  const path = 'modulesContent.$edgeHub.properties.desired.routes';
  assert.deepEqual(plain(deployment.routes), [
    {
      name: 'plain',
      text: 'FROM /messages/modules/translate/outputs/* INTO $upstream',
      priority: 2_000_000_000,
      timeToLiveSecs: 0,
      path: `${path}.plain`,
    },
    {
      name: 'detailed',
      text: 'FROM /messages/modules/translate/outputs/telemetry INTO BrokeredEndpoint("/modules/alarm/inputs/in")',
      priority: 3,
      timeToLiveSecs: 60,
      path: `${path}.detailed.route`,
    },
  ]);
  assert.deepEqual(deployment.declared, ['translate', 'alarm', 'spare']);
  assert.equal(deployment.timeToLiveSecs, 7200);
  assert.equal(deployment.storeMaxBytes, 104857600);
});

test('reads a deployment without modules and routes', () => {
  const { deployment, problems } = decodeValid('deployment-minimal.json');
  assert.deepEqual(problems, []);
  assert.deepEqual(plain(deployment), {
    schemaVersion: '1.0',
    modules: [],
    declared: [],
    devices: {},
    lines: {},
    routes: [],
    timeToLiveSecs: 7200,
  });
});

test('reads devices and lines, which have the shapes of gateway.json', () => {
  const { deployment, problems } = decodeValid('deployment-devices.json');
  assert.deepEqual(problems, []);
  const { devices, lines } = JSON.parse(readValid('deployment-devices.json')).modulesContent.$edgeAgent[
    'properties.desired'
  ];
  const gateway = decodeGateway(JSON.stringify({ deviceId: 'g', devices, lines }), '/etc/gateway.json').value;
  assert.deepEqual(plain(deployment?.devices), plain(gateway?.devices));
  assert.deepEqual(plain(deployment?.lines), plain(gateway?.lines));
  assert.deepEqual(Object.keys(deployment.devices), ['pump', 'meter', 'gps']);
  assert.equal(deployment.lines['bus']?.timeoutMs, 1000);
});

test('accepts what IoT Edge has and this host does not use, and warns where it could be missed', () => {
  const { deployment, problems } = decodeValid('deployment-iot-edge.json');
  assert.deepEqual(
    problems.map(({ severity, path }) => [severity, path.replace(/^.*properties\.desired\./, '')]),
    [
      ['warning', 'modules.filter.settings.createOptions'],
      ['warning', 'integrity'],
      ['warning', 'mqttBroker'],
      ['warning', 'integrity'],
    ],
  );
  assert.equal(deployment.modules.length, 1);
  assert.equal(deployment.timeToLiveSecs, -1);
});

test('says what was expected, what came, and what was meant', () => {
  const text = readValid('deployment-complete.json')
    .replace('"limits"', '"limit"')
    .replace('"priority": 3', '"priority": "high"')
    .replace('"policy": "wait"', '"policy": "waiting"');
  assert.deepEqual(
    decodeDeployment(text, FILE).problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
    [
      '40:15 unknown key "limit"; did you mean "limits"?',
      '41:68 expected one of "wait", "drop-oldest", "reject", got the text "waiting"; did you mean "wait"?',
      '58:25 expected a whole number from 0 to 9, got the text "high"',
    ],
  );
});

test('names a container module as what it is', () => {
  const text = readValid('deployment-complete.json').replace(
    '{ "type": "wasm", "settings"',
    '{ "type": "docker", "settings"',
  );
  const { value, problems } = decodeDeployment(text, FILE);
  assert.deepEqual(
    problems.map(({ module, message }) => [module, message]),
    [
      [
        'alarm',
        '"docker" is not accepted: it is a container, and this host runs WebAssembly modules of type "wasm" only',
      ],
    ],
  );
  assert.deepEqual(
    value?.modules.map(({ id }) => id),
    ['translate', 'spare'],
  );
});

test('shortens what came and makes control characters visible', () => {
  const text = JSON.stringify({ modulesContent: `\u001b[2J${'x'.repeat(5000)}` });
  const message = decodeDeployment(text, FILE).problems[0]!.message;
  assert.ok(message.length < 200, message);
  assert.ok(message.includes('\\u001b[2Jx'), message);
});

test('passes over a byte order mark', () => {
  const { value } = decodeDeployment(`\ufeff${readValid('deployment-minimal.json')}`, FILE);
  assert.ok(value !== undefined);
});

test('counts problems beyond 200 instead of telling them', () => {
  const modules = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`m${i}`, 7]));
  const text = readValid('deployment-minimal.json').replace('"modules": {}', `"modules": ${JSON.stringify(modules)}`);
  const { value, problems } = decodeDeployment(text, FILE);
  assert.equal(problems.length, 201);
  assert.equal(problems.at(-1)!.message, 'and 100 more problems');
  assert.deepEqual(value?.modules, []);
});

test('refuses a file that is longer than any deployment', () => {
  const { value, problems } = decodeDeployment(' '.repeat(4_194_305), FILE);
  assert.equal(value, undefined);
  assert.deepEqual(
    problems.map(({ code, message }) => [code, message]),
    [['MANIFEST_INVALID', 'expected at most 4194304 characters, got 4194305']],
  );
});

test('shortens a key in a path that is no name of anything', () => {
  const { problems } = decodeDeployment(JSON.stringify({ ['x'.repeat(100_000)]: 1 }), FILE);
  assert.equal(problems.length, 2);
  assert.ok(problems.every(({ path, message }) => path.length + message.length < 200));
});

test('refuses more modules than a gateway may have', () => {
  const modules = Object.fromEntries(
    Array.from({ length: 1025 }, (_, i) => [`m${i}`, { type: 'wasm', settings: { image: 'm.wasm' } }]),
  );
  const text = readValid('deployment-minimal.json').replace('"modules": {}', `"modules": ${JSON.stringify(modules)}`);
  assert.deepEqual(
    decodeDeployment(text, FILE).problems.map(({ message }) => message),
    ['expected at most 1024 modules, got 1025'],
  );
});

test('leaves out modules that ask for a thread of their own beyond what a gateway may have', () => {
  const settings = { image: 'm.wasm', isolation: 'own-cell' };
  const modules = Object.fromEntries(Array.from({ length: 66 }, (_, i) => [`m${i}`, { type: 'wasm', settings }]));
  const text = readValid('deployment-minimal.json').replace('"modules": {}', `"modules": ${JSON.stringify(modules)}`);
  const { value, problems } = decodeDeployment(text, FILE);
  assert.equal(value?.modules.length, 64);
  const wrong = problems.filter(({ severity }) => severity === 'error').map(({ module, message }) => [module, message]);
  const message = 'expected "own-cell" for at most 64 modules, got it for 66';
  assert.deepEqual(wrong, [
    ['m64', message],
    ['m65', message],
  ]);
});

function defaultLimits(): Record<string, number> {
  return Object.fromEntries(Object.entries(MODULE_LIMITS).map(([name, limit]) => [name, limit.default]));
}

test.run();
