import { assert, suite } from '../../../lib/suite.ts';
import { MESSAGE_IMPORTS } from '../../../lib/wat.ts';
import { brief, load, moduleFile, wasmModule } from './deployment-folder.ts';

const test = suite('check of grants and gateway files');
const routes = { up: 'FROM /messages/modules/m/* INTO $upstream' };
const imports = `${MESSAGE_IMPORTS} (import "modbus" "request" (func (param i32 i32) (result i32)))`;
const files = { 'm.wasm': moduleFile({ imports }) };
const GATEWAY = {
  deviceId: 'g',
  devices: {
    pump: { type: 'modbus-tcp', host: '127.0.0.1', polls: { fast: { registers: ['holding:0'], intervalMs: 100 } } },
    meter: { type: 'modbus-tcp', host: '127.0.0.1' },
  },
};
const granting = (...modbus: object[]) => ({ m: wasmModule({ grants: { modbus } }) });

test('accepts grants on devices and polls that the gateway has', async () => {
  const modules = granting({ device: 'pump', poll: ['fast'] }, { device: 'meter', read: ['input:0'] });
  const { loaded, problems } = await load({ modules, routes, files: { ...files, 'gateway.json': GATEWAY } });
  assert.deepEqual(problems, []);
  assert.equal(loaded?.gateway.deviceId, 'g');
  assert.equal(loaded?.modules.length, 1);
});

test('reports every grant on a device or poll that the gateway does not have', async () => {
  const modules = granting(
    { device: 'pmup' },
    { device: 'pump', poll: ['fast', 'fasst'] },
    { device: 'meter', poll: ['fast'] },
    { device: 'toString' },
  );
  const { loaded, problems } = await load({ modules, routes, files: { ...files, 'gateway.json': GATEWAY } });
  const path = 'error GRANT_UNKNOWN_DEVICE modules.m.settings.grants.modbus';
  assert.deepEqual(problems.map(brief), [
    `${path}[0].device (m): expected a device of the gateway, got "pmup"; did you mean "pump"?`,
    `${path}[1].poll[1] (m): expected a poll of the device "pump", got "fasst"; did you mean "fast"?`,
    `${path}[2].poll[0] (m): expected a poll of the device "meter", got "fast"; it has no polls`,
    `${path}[3].device (m): expected a device of the gateway, got "toString"; known are pump, meter`,
  ]);
  assert.deepEqual(loaded?.modules, []);
});

test('a device that there is not, where there are none of its kind, is said so', async () => {
  const gateway = { deviceId: 'g', devices: { pump: { type: 'modbus-server', port: 0 } } };
  const { problems } = await load({
    modules: granting({ device: 'meter' }),
    routes,
    files: { ...files, 'gateway.json': gateway },
  });
  assert.ok(
    problems
      .map(brief)
      .includes(
        'error GRANT_UNKNOWN_DEVICE modules.m.settings.grants.modbus[0].device (m): expected a device of the gateway, got "meter"; it has no devices of type "modbus-tcp" or "modbus-rtu-tcp" or "modbus-rtu"',
      ),
  );
});

test('a register that is numbered as in a manual is told as it is written here', async () => {
  const modules = granting({ device: 'pump', read: ['40001', 30010, 'hold:0'], write: ['00005'] });
  const { problems } = await load({ modules, routes, files: { ...files, 'gateway.json': GATEWAY } });
  const told = problems.filter(({ code }) => code === 'GRANT_INVALID').map(({ message }) => message.split('; ')[1]);
  assert.deepEqual(told, [
    'the register that manuals call 40001 is "holding:0"',
    'the register that manuals call 30010 is "input:9"',
    'tables are coil, discrete, holding, input',
    'the register that manuals call 00005 is "coil:4"',
  ]);
});

test('reports every secret that a grant names and the gateway does not have', async () => {
  const grant = (secret: string) => ({
    ...{ origins: ['https://a.test'], methods: ['POST'] },
    headers: { 'X-Token': { secret } },
  });
  const modules = { m: wasmModule({ grants: { http: ['token', 'tokne', 'toString'].map(grant) } }) };
  const httpFiles = {
    'm.wasm': moduleFile({ imports: imports.replace('modbus', 'http') }),
    'gateway.json': { deviceId: 'g', secrets: { token: { file: 'token' } } },
    token: 'hush',
  };
  const { problems } = await load({ modules, routes, files: httpFiles });
  const path = 'error GRANT_UNKNOWN_SECRET modules.m.settings.grants.http';
  assert.deepEqual(problems.map(brief), [
    `${path}[1].headers.x-token.secret (m): expected a secret of the gateway, got "tokne"; did you mean "token"?`,
    `${path}[2].headers.x-token.secret (m): expected a secret of the gateway, got "toString"; known are token`,
  ]);
  const without = await load({ modules, routes, files: { 'm.wasm': httpFiles['m.wasm'] } });
  assert.equal(without.problems.length, 3);
});

test('reports files of secrets and authorities that are not there, and warns of variables that are not set', async () => {
  const secrets = {
    a: { file: 'a.txt' },
    b: { file: 'here.txt' },
    c: { env: 'GATEHOUSE_NOT_SET' },
    d: { env: 'PATH' },
  };
  const gateway = { deviceId: 'g', secrets, http: { ca: 'ca.pem' } };
  const { loaded, problems } = await load({ files: { 'gateway.json': gateway, 'here.txt': 'x' } });
  assert.deepEqual(problems.map(brief), [
    'error FILE_MISSING secrets.a.file: the file a.txt does not exist',
    'warning SECRET_UNAVAILABLE secrets.c.env: the variable GATEHOUSE_NOT_SET is not set here',
    'error FILE_MISSING http.ca: the file ca.pem does not exist',
  ]);
  assert.ok(loaded !== undefined);
});

test('without a gateway configuration there are no devices, and the report says where it was looked for', async () => {
  const { loaded, problems } = await load({
    modules: granting({ device: 'pump' }),
    routes,
    files,
    asWritten: true,
  });
  assert.deepEqual(problems.map(brief), [
    `error SIGNATURE_MISSING modules.m.settings.image (m): the module is not signed; "gatehouse sign" signs it, and with allowUnsigned in its configuration the gateway runs it as it is`,
    'error GRANT_UNKNOWN_DEVICE modules.m.settings.grants.modbus[0].device (m): expected a device of the gateway, got "pump"; there is no gateway configuration gateway.json',
  ]);
  assert.deepEqual(loaded?.gateway, { deviceId: 'gateway', devices: {}, allowUnsigned: false });
});

test('takes the gateway configuration that is named, and reports one that is not there', async () => {
  const named = await load({ files: { 'conf/g.json': GATEWAY, 'gateway.json': 'broken' } }, 'conf/g.json');
  assert.deepEqual(
    named.problems.map(({ code }) => code),
    ['DEVICE_UNUSED', 'DEVICE_UNUSED'],
  );
  assert.equal(named.loaded?.gateway.deviceId, 'g');
  const missing = await load({}, 'conf/g.json');
  assert.deepEqual(missing.problems.map(brief), [
    'error FILE_MISSING : expected a gateway configuration, but it does not exist',
  ]);
  assert.equal(missing.problems[0]!.file, 'conf/g.json');
  assert.equal(missing.loaded, undefined);
});

test('reports problems of both files, and starts nothing when one of them is wrong', async () => {
  const { loaded, problems } = await load({ modules: { m: 1 }, files: { 'gateway.json': '{ "deviceId": 7 }' } });
  assert.equal(loaded, undefined);
  assert.deepEqual(
    problems.map(({ file, code }) => [file, code]),
    [
      ['deployment.json', 'MANIFEST_INVALID'],
      ['gateway.json', 'GATEWAY_INVALID'],
    ],
  );
});

test('reports certificates that are not there; the gateway starts all the same', async () => {
  const uplink = {
    url: 'mqtts://hub',
    ca: 'ca.pem',
    authentication: { type: 'x509', certificate: 'here.pem', key: 'device.key' },
  };
  const { loaded, problems } = await load({ files: { 'gateway.json': { deviceId: 'g', uplink }, 'here.pem': '' } });
  assert.deepEqual(problems.map(brief), [
    'error FILE_MISSING uplink.ca: the file ca.pem does not exist',
    'error FILE_MISSING uplink.authentication.key: the file device.key does not exist',
  ]);
  assert.ok(loaded !== undefined);
});

test('reports a deployment that is not there or not text', async () => {
  const notText = await load({ text: Uint8Array.from([0x7b, 0xff, 0x7d]) });
  assert.deepEqual(notText.problems.map(brief), [
    'error JSON_SYNTAX : expected a deployment manifest in UTF-8, got bytes that are not',
  ]);
  assert.equal(notText.loaded, undefined);
});

test.run();
