import { checkDeviceSecrets } from '../../../../host/src/check/check-device-use.ts';
import { DevicePlaces } from '../../../../host/src/check/device-places.ts';
import { ProblemLog } from '../../../../host/src/json/index.ts';
import { readDeployment } from '../../../../host/src/manifest/decode-deployment.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { MESSAGE_IMPORTS } from '../../../lib/wat.ts';
import { readValid } from '../manifest/vectors.ts';
import { brief, load, moduleFile, wasmModule } from './deployment-folder.ts';

const test = suite('check of devices and lines');
const routes = { up: 'FROM /messages/modules/m/* INTO $upstream' };
const imports = `${MESSAGE_IMPORTS} (import "modbus" "request" (func (param i32 i32) (result i32)))`;
const wasm = { 'm.wasm': moduleFile({ imports }) };
const LINE = { path: '/dev/ttyUSB0' };
const tcp = (host: string, more: object = {}) => ({ type: 'modbus-tcp', host, ...more });
const rtu = (unitId: number, line = 'bus') => ({ type: 'modbus-rtu', line, unitId });
const port = (path: string) => ({ type: 'serial', path, framing: { type: 'silence', gapMs: 5 } });

const server = (port: number, more: object = {}) => ({ type: 'modbus-server', port, ...more });
const listener = (port: number) => ({ type: 'mqtt-listener', port, anonymous: {} });

interface Parts {
  readonly agent?: object;
  readonly gateway?: object;
  /** Devices that the module is granted, by capability. */
  readonly grants?: Readonly<Record<string, readonly string[]>>;
}

async function check({ agent = {}, gateway, grants = {} }: Parts) {
  const granted = Object.fromEntries(
    Object.entries(grants).map(([name, devices]) => [name, devices.map((device) => ({ device }))]),
  );
  const files = { ...wasm, ...(gateway === undefined ? {} : { 'gateway.json': { deviceId: 'g', ...gateway } }) };
  const modules = { m: wasmModule({ grants: { modbus: [], ...granted } }) };
  if (granted['modbus'] === undefined) delete (modules.m as { settings: { grants?: object } }).settings.grants;
  const plain = granted['modbus'] === undefined ? { 'm.wasm': moduleFile() } : {};
  const { loaded, problems } = await load({ agent: { ...agent }, modules, routes, files: { ...files, ...plain } });
  return { loaded, said: problems.map((problem) => `${problem.file}: ${brief(problem)}`) };
}

test('a deployment brings devices and lines of its own, with and without a gateway configuration', async () => {
  const agent = { devices: { pump: tcp('10.0.0.7'), meter: rtu(7) }, lines: { bus: LINE } };
  for (const gateway of [undefined, {}]) {
    const { loaded, said } = await check({
      agent,
      grants: { modbus: ['pump', 'meter'] },
      ...(gateway === undefined ? {} : { gateway }),
    });
    assert.deepEqual(said, []);
    assert.deepEqual(Object.keys(loaded?.gateway.devices ?? {}), ['pump', 'meter']);
    assert.deepEqual(Object.keys(loaded?.gateway.lines ?? {}), ['bus']);
    assert.deepEqual(loaded?.deviceSources, { pump: 'deployment', meter: 'deployment' });
  }
});

test('an entry of gateway.json takes the place of that of the deployment, and a note says in what they differ', async () => {
  const { loaded, said } = await check({
    agent: { devices: { pump: tcp('10.0.0.7', { port: 1502 }), same: tcp('a'), meter: rtu(7) }, lines: { bus: LINE } },
    gateway: {
      devices: { pump: tcp('192.168.1.9', { port: 1503 }), same: tcp('a'), meter: tcp('b') },
      lines: { bus: { ...LINE, path: '/dev/ttyAMA0' } },
    },
    grants: { modbus: ['pump', 'same', 'meter'] },
  });
  const says = (place: string, kind: string, name: string, members: string) =>
    `gateway.json: note DEVICE_REPLACED ${place}: takes the place of the ${kind} "${name}" of the deployment, which has another ${members}`;
  assert.deepEqual(said.toSorted(), [
    says('devices.meter', 'device', 'meter', 'type'),
    says('devices.pump', 'device', 'pump', 'host and port'),
    says('lines.bus', 'line', 'bus', 'path'),
    'gateway.json: warning DEVICE_UNUSED lines.bus: no device is on the line "bus"',
  ]);
  assert.equal((loaded?.gateway.devices['pump'] as { host: string } | undefined)?.host, '192.168.1.9');
  assert.equal(loaded?.gateway.lines?.['bus']?.path, '/dev/ttyAMA0');
  assert.equal(loaded?.deviceSources['pump'], 'gateway.json');
});

for (const [what, { agent, gateway }, ...expected] of [
  [
    'a line that neither file has',
    { agent: { devices: { a: rtu(1, 'bsu') } }, gateway: { lines: { bus: LINE }, devices: { b: rtu(2) } } },
    'deployment.json: error DEVICE_CONFLICT devices.a.line: expected the name of a line, got "bsu"; did you mean "bus"?',
  ],
  [
    'a line where there are none',
    { gateway: { devices: { a: rtu(1) } } },
    'gateway.json: error DEVICE_CONFLICT devices.a.line: expected the name of a line, got "bus"; there are no "lines"',
  ],
  [
    'a unit of a line twice, once in each file',
    { agent: { devices: { a: rtu(1) } }, gateway: { lines: { bus: LINE }, devices: { b: rtu(1) } } },
    'gateway.json: error DEVICE_CONFLICT devices.b.unitId: unit 1 of this line is the device "a" already',
  ],
  [
    'two lines on one port, once in each file',
    {
      agent: { devices: { a: rtu(1) }, lines: { bus: LINE } },
      gateway: { devices: { b: rtu(1, 'own') }, lines: { own: LINE } },
    },
    'gateway.json: error DEVICE_CONFLICT lines.own.path: "/dev/ttyUSB0" is the port of the line "bus" already',
  ],
  [
    'a device with the port of a line, and a second one',
    { agent: { devices: { a: rtu(1), b: port('/dev/ttyUSB0'), c: port('/dev/ttyUSB0') }, lines: { bus: LINE } } },
    'deployment.json: error DEVICE_CONFLICT devices.b.path: "/dev/ttyUSB0" is the port of the line "bus" already',
    'deployment.json: error DEVICE_CONFLICT devices.c.path: "/dev/ttyUSB0" is the port of the line "bus" already',
  ],
  [
    'two servers on one port',
    { agent: { devices: { a: server(1502), b: server(1502), c: server(0), d: server(0) } } },
    'deployment.json: error DEVICE_CONFLICT devices.b.port: port 1502 of 127.0.0.1 is that of the device "a" already',
  ],
  [
    'a server and a listener on one port, once in each file',
    {
      agent: { devices: { scada: server(1883), other: listener(1884) } },
      gateway: { devices: { sensors: listener(1883) } },
    },
    'gateway.json: error DEVICE_CONFLICT devices.sensors.port: port 1883 of 127.0.0.1 is that of the device "scada" already',
  ],
  [
    'a port of one address that another device has of all',
    {
      agent: {
        devices: {
          ...{ a: server(1502, { host: '0.0.0.0' }), b: server(1502), c: server(1502, { host: '::1' }) },
          ...{ d: server(1502, { host: 'gateway.example' }), e: server(1502, { host: '::' }) },
        },
      },
    },
    'deployment.json: error DEVICE_CONFLICT devices.b.port: port 1502 of 127.0.0.1 is that of the device "a" already, which listens on 0.0.0.0',
    'deployment.json: error DEVICE_CONFLICT devices.e.port: port 1502 of :: is that of the device "a" already, which listens on 0.0.0.0',
  ],
  [
    'a server on the port of the metrics',
    { agent: { devices: { a: server(9600) } }, gateway: { metrics: { port: 9600 } } },
    'deployment.json: error DEVICE_CONFLICT devices.a.port: port 9600 of 127.0.0.1 is that of "metrics" in gateway.json already',
  ],
] as readonly [string, Parts, ...string[]][]) {
  test(`reports ${what}, and starts nothing`, async () => {
    const { loaded, said } = await check({ ...(agent && { agent }), ...(gateway && { gateway }) });
    assert.deepEqual(
      said.filter((line) => line.includes(' error ')),
      expected,
    );
    assert.equal(loaded, undefined);
  });
}

test('devices of Bluetooth need the adapter of the gateway, each has an address of its own, and no line is at the port of the adapter', async () => {
  const ble = { type: 'ble', address: 'C0:FF:EE:00:00:01' };
  const agent = { devices: { boiler: ble } };
  const without = 'devices of Bluetooth need "bluetooth" in gateway.json, such as {"adapter": "hci0"}';
  assert.ok(
    (await check({ agent })).said.includes(`deployment.json: error DEVICE_CONFLICT devices.boiler.type: ${without}`),
  );
  const bluetooth = { port: '/dev/ttyUSB0' };
  const { said } = await check({ agent, gateway: { bluetooth, devices: { attic: ble }, lines: { bus: LINE } } });
  assert.deepEqual(
    said.filter((line) => line.includes('error')),
    [
      `gateway.json: error DEVICE_CONFLICT devices.attic.address: ${ble.address} is the address of the device "boiler" already`,
      'gateway.json: error DEVICE_CONFLICT lines.bus.path: "/dev/ttyUSB0" is the port of the Bluetooth adapter already',
    ],
  );
});

test('warns of the idle time of a Bluetooth link that is kept, where it is', async () => {
  const bluetooth = { adapter: 'hci0' };
  const device = (last: number, more: object) => ({ type: 'ble', address: `C0:FF:EE:00:00:0${last}`, ...more });
  const devices = {
    kept: device(1, { idleMs: 5_000 }),
    said: device(2, { connection: 'keep', idleMs: 10_000 }),
    demanded: device(3, { connection: 'on-demand', idleMs: 5_000 }),
    plain: device(4, { connection: 'keep' }),
  };
  const { loaded, said } = await check({ gateway: { bluetooth, devices } });
  assert.deepEqual(
    said.filter((line) => !line.includes('DEVICE_UNUSED')),
    ['kept', 'said'].map(
      (name) =>
        `gateway.json: warning DEVICE_CONFLICT devices.${name}.idleMs: idleMs has no effect without "connection": "on-demand": the link is kept`,
    ),
  );
  assert.notEqual(loaded, undefined);
});

test('warns of devices that no grant names and of lines that no device is on, in the file that has them', async () => {
  const { loaded, said } = await check({
    agent: { devices: { pump: tcp('a'), spare: tcp('b') }, lines: { bus: LINE } },
    gateway: { devices: { own: port('/dev/ttyS1') } },
    grants: { modbus: ['pump'] },
  });
  assert.deepEqual(said, [
    'deployment.json: warning DEVICE_UNUSED devices.spare: no grant names the device "spare"',
    'deployment.json: warning DEVICE_UNUSED lines.bus: no device is on the line "bus"',
    'gateway.json: warning DEVICE_UNUSED devices.own: no grant names the device "own"',
  ]);
  assert.equal(loaded?.modules.length, 1);
});

test('a grant on a device of another kind says of which type the device is', async () => {
  const { said } = await check({ agent: { devices: { gps: port('/dev/ttyS1') } }, grants: { modbus: ['gps'] } });
  assert.deepEqual(said, [
    'deployment.json: error GRANT_UNKNOWN_DEVICE modules.m.settings.grants.modbus[0].device (m): expected a device of type "modbus-tcp" or "modbus-rtu-tcp" or "modbus-rtu", got "gps" of type "serial"',
  ]);
});

test('warns of a server that whoever reaches it may use', async () => {
  const devices = {
    open: server(1501, { host: '0.0.0.0' }),
    guarded: server(1502, { host: '10.0.0.1', clients: ['10.0.0.7'] }),
    near: server(1503),
  };
  const { said } = await check({ gateway: { devices } });
  const warnings = said.filter((text) => !text.includes('DEVICE_UNUSED'));
  assert.equal(warnings.length, 1, warnings.join('\n'));
  assert.match(
    warnings[0]!,
    /^gateway\.json: warning DEVICE_CONFLICT devices\.open\.host: whoever reaches 0\.0\.0\.0 /,
  );
});

test('registers of a server that two modules would own keep the later one from starting', async () => {
  const grants = (offer: string[], accept: string[] = []) => ({
    grants: { 'modbus-server': [{ device: 'scada', offer, accept }] },
  });
  const modules = {
    a: wasmModule(grants(['holding:0-9', 'input:5'], ['coil:0-7', 'holding:5'])),
    b: wasmModule(grants(['holding:10', 'coil:7'])),
    c: wasmModule(grants(['input:0-4'], ['holding:0', 'holding:11'])),
    d: wasmModule({
      grants: { 'modbus-server': ['input:6-7', 'input:7-8'].map((range) => ({ device: 'scada', offer: [range] })) },
    }),
  };
  const { loaded, problems } = await load({
    ...{ modules, routes: {}, agent: { devices: { scada: server(1502) } } },
    files: { 'm.wasm': moduleFile({ imports: imports.replace('modbus', 'modbus-server') }) },
  });
  const path = (module: string) => `error GRANT_CONFLICT modules.${module}.settings.grants.modbus-server[0]`;
  assert.deepEqual(problems.filter(({ severity }) => severity === 'error').map(brief), [
    `${path('b')}.offer[1] (b): "coil:7" belongs to the module "a" already, as "coil:0-7"`,
    `${path('c')}.accept[0] (c): "holding:0" belongs to the module "a" already, as "holding:0-9"`,
  ]);
  assert.deepEqual(
    loaded?.modules.map(({ spec }) => spec.id),
    ['a', 'd'],
  );
});

test('both files together have no more devices than one may', async () => {
  const many = (from: number) =>
    Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`d${from + index}`, tcp('a')]));
  const { loaded, said } = await check({ agent: { devices: many(0) }, gateway: { devices: many(100) } });
  assert.deepEqual(
    said.filter((line) => line.includes('error')),
    ['gateway.json: error DEVICE_CONFLICT devices.d256: expected at most 256 devices in both files together, got 300'],
  );
  assert.equal(loaded, undefined);
});

test('a secret that the gateway lacks keeps the modules from starting that use the device, and is a warning for others', () => {
  const text = readValid('deployment-devices.json');
  const { value, log } = readDeployment(text, 'deployment.json');
  const withSecret = (name: string) => ({ ...value!.devices['pump'], password: { secret: name } }) as never;
  const deployment = { ...value!, devices: { pump: withSecret('tokne'), spare: withSecret('nothing') } };
  const gatewayLog = new ProblemLog('gateway.json', '{}');
  const file = {
    config: { deviceId: 'g', devices: { meter: withSecret('token') }, allowUnsigned: false },
    file: 'f',
    exists: true,
  };
  const places = new DevicePlaces(deployment, file, { deployment: log, gateway: gatewayLog });
  checkDeviceSecrets(places, deployment, { token: { env: 'TOKEN' } });
  assert.deepEqual(log.problems.map(brief).sort(), [
    'error GRANT_UNKNOWN_SECRET devices.pump.password.secret (translate): expected a secret of the gateway, got "tokne"; did you mean "token"?',
    'warning GRANT_UNKNOWN_SECRET devices.spare.password.secret: expected a secret of the gateway, got "nothing"; known are token',
  ]);
  assert.deepEqual(gatewayLog.problems, []);
  assert.deepEqual([...log.wrongModules], ['translate']);
});

test.run();
