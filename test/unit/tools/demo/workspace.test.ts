import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeGateway } from '../../../../host/src/configuration/index.ts';
import { decodeDeployment } from '../../../../host/src/manifest/decode-deployment.ts';
import { SENSOR_DEVICE, SENSORS, Workspace } from '../../../../tools/src/demo/workspace.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('demo workspace');
const EXAMPLE = fileURLToPath(new URL('../../../../examples/pump', import.meta.url));

function withWorkspace(keepFaulty: boolean, body: (workspace: Workspace) => void): void {
  const workspace = Workspace.create({ example: EXAMPLE, brokerPort: 41_883, pumpPort: 45_020, keepFaulty });
  try {
    body(workspace);
  } finally {
    workspace.remove();
  }
  assert.ok(!existsSync(workspace.deployment));
}

function decoded(file: string) {
  return decodeDeployment(readFileSync(file, 'utf8'), file);
}

test('the example as it lies in the repository is valid', () => {
  assert.deepEqual(decoded(`${EXAMPLE}/deployment.json`).problems, []);
  const file = `${EXAMPLE}/gateway.json`;
  assert.deepEqual(decodeGateway(readFileSync(file, 'utf8'), file).problems, []);
});

test('fills in the ports and leads to the same module files', () => {
  withWorkspace(false, (workspace) => {
    const gateway = decodeGateway(readFileSync(workspace.gateway, 'utf8'), workspace.gateway);
    assert.deepEqual(gateway.problems, []);
    assert.equal(gateway.value?.uplink?.url.toString().replace(/\/$/, ''), 'mqtt://127.0.0.1:41883');
    const pump = gateway.value?.devices['pump'];
    assert.equal(pump?.type === 'modbus-tcp' && pump.port, 45_020);
    assert.equal(workspace.deviceId, gateway.value?.deviceId);
    const { value, problems } = decoded(workspace.deployment);
    assert.deepEqual(problems, []);
    const images = value?.modules.map(({ image }) => image);
    assert.deepEqual(
      images,
      decoded(`${EXAMPLE}/deployment.json`).value?.modules.map(({ image }) => image),
    );
    assert.ok(images?.every(isAbsolute));
    assert.deepEqual(
      [...workspace.moduleBytes.keys()],
      value?.modules.map(({ id }) => id),
    );
  });
});

test('with a Bluetooth port the sensor is added to both files, and nothing else changes', () => {
  const options = { example: EXAMPLE, brokerPort: 41_883, pumpPort: 45_020, keepFaulty: false };
  const [plain, full] = [Workspace.create(options), Workspace.create({ ...options, bluetoothPort: '/tmp/air/hci0' })];
  try {
    const gateway = decodeGateway(readFileSync(full.gateway, 'utf8'), full.gateway);
    assert.deepEqual(gateway.problems, []);
    const { bluetooth, devices } = gateway.value!;
    assert.deepEqual(bluetooth?.radio, { port: '/tmp/air/hci0', baudRate: 1_000_000 });
    assert.equal(devices[SENSOR_DEVICE]?.type, 'ble');
    const { [SENSOR_DEVICE]: _, ...others } = devices;
    assert.deepEqual(others, { ...decodeGateway(readFileSync(plain.gateway, 'utf8'), plain.gateway).value?.devices });
    const { value, problems } = decoded(full.deployment);
    assert.deepEqual(problems, []);
    assert.deepEqual([...full.moduleBytes.keys()], [...plain.moduleBytes.keys(), SENSORS]);
    assert.deepEqual(
      value?.modules.filter(({ id }) => id !== SENSORS),
      decoded(plain.deployment).value?.modules,
    );
  } finally {
    plain.remove();
    full.remove();
  }
});

test('--keep-faulty takes the grant to write and the fail-safe, and nothing else', () => {
  const grantsOf = (file: string) => decoded(file).value?.modules.map(({ id, grants }) => [id, grants] as const);
  withWorkspace(true, (workspace) => {
    const { problems } = decoded(workspace.deployment);
    assert.deepEqual(problems, []);
    const expected = grantsOf(`${EXAMPLE}/deployment.json`)?.map(([id, grants]) => {
      if (id !== 'guard') return [id, grants];
      return [id, { ...grants, modbus: grants.modbus?.map(({ failSafe: _, ...grant }) => ({ ...grant, write: [] })) }];
    });
    assert.deepEqual(grantsOf(workspace.deployment), expected);
  });
});

test.run();
