import { checkBluetooth } from '../../../../host/src/check/check-bluetooth.ts';
import { readGateway } from '../../../../host/src/configuration/decode-gateway.ts';
import { openNobleRadio } from '../../../../host/src/drivers/ble/radio/noble-radio.ts';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('check of Bluetooth');
const missing = () => Promise.reject(new GatehouseError('BLUETOOTH_MISSING', 'it is not installed'));
const devices = { boiler: { type: 'ble', address: 'a4:c1:38:01:02:03' } };
const bluetooth = { adapter: 'hci0' };

async function problemsOf(file: object, load?: () => Promise<unknown>) {
  const { value, log } = readGateway(JSON.stringify({ deviceId: 'g', ...file }), 'gateway.json');
  if (value !== undefined) await checkBluetooth(value.devices, log, load);
  return log.problems.map(({ severity, code, path, message }) => [severity, code, path, message]);
}

test('warns of devices while the package for Bluetooth is not installed', async () => {
  assert.deepEqual(await problemsOf({ devices, bluetooth }, missing), [
    ['warning', 'BLUETOOTH_MISSING', 'bluetooth', 'it is not installed'],
  ]);
});

test('says nothing when it is there, or when there is no device', async () => {
  assert.deepEqual(await problemsOf({ devices, bluetooth }), []);
  assert.deepEqual(await problemsOf({ bluetooth }, missing), []);
});

test('an adapter is one or the other', async () => {
  for (const both of [{}, { adapter: 'hci0', port: '/dev/ttyAMA0' }])
    assert.deepEqual(await problemsOf({ devices, bluetooth: both }), [
      ['error', 'GATEWAY_INVALID', 'bluetooth', 'expected either adapter or port'],
    ]);
});

test('a radio without the package, or with a version of it that is built otherwise, is lost with a reason', async () => {
  const lossOf = (load: Parameters<typeof openNobleRadio>[0]): Promise<string> =>
    new Promise((lost) => {
      const nothing = (): undefined => undefined;
      const events = {
        ready: nothing,
        scanning: nothing,
        advertised: nothing,
        connected: nothing,
        connectFailed: nothing,
      };
      openNobleRadio(load)({ adapter: 'hci0' }, { ...events, lost });
    });
  assert.equal(await lossOf(missing), 'it is not installed');
  const other = { withBindings: () => ({ state: 'poweredOn', on: () => undefined }) } as never;
  assert.match(await lossOf(async () => other), /not one that the host knows/);
});

test.run();
