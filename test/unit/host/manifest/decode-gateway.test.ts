import { decodeGateway } from '../../../../host/src/configuration/decode-gateway.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { readValid } from './vectors.ts';

const test = suite('decodeGateway');
const FILE = '/etc/gatehouse/gateway.json';

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

function decodeValid(file: string) {
  const { value, problems } = decodeGateway(readValid(file), FILE);
  assert.deepEqual(problems, []);
  return plain(value);
}

test('reads every setting and makes paths absolute', () => {
  assert.deepEqual(decodeValid('gateway-complete.json'), {
    deviceId: 'pump-7',
    uplink: {
      url: 'mqtts://hub.example:8883',
      hostName: 'hub.example',
      authentication: { type: 'x509', certificate: '/etc/gatehouse/device.pem', key: '/etc/keys/device.key' },
      ca: '/etc/gatehouse/ca.pem',
      queueBytes: 2097152,
      keepAliveSeconds: 30,
      connections: 'per-identity',
    },
    devices: {
      pump: {
        type: 'modbus-tcp',
        host: '10.0.0.7',
        port: 1502,
        unitId: 3,
        timeoutMs: 500,
        inFlight: 2,
        maxGap: 4,
        polls: {
          fast: { registers: ['holding:0-9', 'coil:0-1'], intervalMs: 100, priority: 'normal' },
          slow: { registers: ['input:0'], intervalMs: 60000, priority: 'normal' },
        },
      },
      meter: {
        type: 'modbus-tcp',
        host: 'meter.local',
        port: 502,
        unitId: 1,
        timeoutMs: 1000,
        inFlight: 1,
        maxGap: 8,
        polls: {},
      },
    },
    allowUnsigned: false,
  });
});

const LINE = { path: '/dev/ttyUSB0' };
const rtu = (unitId: number, line = 'bus') => ({ type: 'modbus-rtu', line, unitId });
const withLines = (lines: object, devices: object) =>
  decodeGateway(JSON.stringify({ deviceId: 'g', lines, devices }), FILE);

test('reads serial lines and the devices that share them', () => {
  const { value, problems } = withLines({ bus: LINE }, { a: rtu(1), b: { ...rtu(2), timeoutMs: 300 } });
  assert.deepEqual(problems, []);
  assert.deepEqual(plain(value?.lines), {
    bus: { path: '/dev/ttyUSB0', baudRate: 19200, parity: 'even', stopBits: 1, timeoutMs: 1000, turnaroundMs: 100 },
  });
  assert.deepEqual(plain(value?.devices['b']), { ...rtu(2), timeoutMs: 300, maxGap: 8, polls: {} });
});

test('refuses clients of a Modbus server that are none, and IPv4 addresses in the form of IPv6', () => {
  const clients = ['10.0.0.7', '::/0', '10.0.0.0/33', 'pump', '::ffff:10.0.0.7', '0:0:0:0:0:FFFF:a00:7/120'];
  const { problems } = withLines({}, { scada: { type: 'modbus-server', clients } });
  assert.deepEqual(
    problems.map(({ path, message }) => [path, message.includes('IPv4 address in its own form')]),
    [2, 3, 4, 5].map((at) => [`devices.scada.clients[${at}]`, at >= 4]),
  );
});

test('refuses a reserved unit', () => {
  const { value, problems } = withLines({ bus: LINE }, { a: rtu(248) });
  assert.equal(value, undefined);
  assert.deepEqual(
    problems.map(({ code, path }) => [code, path]),
    [['GATEWAY_INVALID', 'devices.a.unitId']],
  );
  assert.match(problems[0]!.message, /0 to 247/);
});

test('reads a gateway without hub and devices', () => {
  assert.deepEqual(decodeValid('gateway-minimal.json'), {
    deviceId: 'gateway-1',
    devices: {},
    allowUnsigned: false,
  });
});

test('reads whose modules may run, and makes the paths of list and state absolute', () => {
  const key = 'ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
  const trust = { file: 'trust.json', rootKeys: [key] };
  const { value, problems } = decodeGateway(
    JSON.stringify({ deviceId: 'g', allowUnsigned: true, stateFolder: 'state', trust }),
    FILE,
  );
  assert.deepEqual(problems, []);
  assert.equal(value?.allowUnsigned, true);
  assert.equal(value?.stateFolder, '/etc/gatehouse/state');
  assert.equal(value?.trust?.file, '/etc/gatehouse/trust.json');
  assert.deepEqual(
    value?.trust?.rootKeys.map(({ text }) => text),
    [key],
  );
});

test('takes the name of the hub from the url unless the file says it', () => {
  assert.equal(decodeValid('gateway-password.json').uplink.hostName, '127.0.0.1');
  assert.equal(decodeValid('gateway-sas.json').uplink.hostName, 'hub');
  assert.equal(decodeValid('gateway-sas.json').uplink.url, 'mqtts://hub:8883');
});

test('warns of a password that leaves the machine unencrypted', () => {
  const { value, problems } = decodeGateway(readValid('gateway-password.json').replace('127.0.0.1', 'hub'), FILE);
  assert.ok(value !== undefined);
  assert.deepEqual(
    problems.map(({ severity, code, path }) => [severity, code, path]),
    [['warning', 'GATEWAY_INVALID', 'uplink']],
  );
});

test('never repeats a secret', () => {
  const secrets = [
    { url: 'mqtt://127.0.0.1', authentication: { type: 'password', username: 'u', password: 87654321 } },
    { url: 'mqtt://127.0.0.1', authentication: { type: 'password', username: 'u', password: '87654321\n' } },
    { url: 'mqtts://hub', authentication: { type: 'sas', key: '87654321!' } },
    { url: 'mqtts://u:87654321@hub', authentication: { type: 'none' } },
    { url: 'ftp://u:87654321@hub', authentication: { type: 'none' } },
    { url: 'mqtts://u:87654321@hub:99999', authentication: { type: 'none' } },
  ];
  for (const uplink of secrets) {
    const { problems } = decodeGateway(JSON.stringify({ deviceId: 'a', uplink }), FILE);
    assert.ok(problems.length > 0, JSON.stringify(uplink));
    assert.ok(!JSON.stringify(problems).includes('87654321'), JSON.stringify(problems));
  }
});

test.run();
