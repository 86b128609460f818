import { STATUS } from '../../../../../host/src/abi/constants.ts';
import type { BleGrant } from '../../../../../host/src/drivers/ble/grant.ts';
import { compileBleGuard } from '../../../../../host/src/drivers/ble/guard.ts';
import { type BleRequest, encodeBleRequest } from '../../../../../host/src/drivers/ble/request-codec.ts';
import { GatehouseError } from '../../../../../host/src/errors.ts';
import { assert, suite } from '../../../../lib/suite.ts';

const test = suite('grants on Bluetooth devices');
const DEVICES = { boiler: 'ble', lamp: 'ble', air: 'ble-scan' } as const;

const grantOf = (device: string, changes: Partial<BleGrant> = {}): BleGrant => ({
  ...{ device, read: [], write: [], notify: [], advertisements: false },
  ...changes,
});
const guard = compileBleGuard(
  [
    grantOf('boiler', { read: ['181A/00002a6e-0000-1000-8000-00805f9b34fb'], notify: ['181a'] }),
    grantOf('boiler', { write: ['fff0/fff1'] }),
    grantOf('air', { advertisements: true }),
  ],
  DEVICES,
);
const path = (service: string, characteristic: string) => ({ service, characteristic });
const judge = (request: BleRequest, device = 'boiler') => guard.judge(encodeBleRequest(request, device));
const read = (service: string, characteristic: string): BleRequest => ({
  ...{ kind: 'read', path: path(service, characteristic), expiryMs: 1 },
});
const write = (service: string, characteristic: string, withResponse: boolean): BleRequest => ({
  ...{ kind: 'write', path: path(service, characteristic), expiryMs: 1, data: new Uint8Array(1), withResponse },
});

test('a place is granted for what it is granted for, on its device, and for nothing else', () => {
  assert.equal(judge(read('181a', '2a6e')), STATUS.ok);
  assert.equal(judge(read('181a', '2a6f')), STATUS.denied);
  assert.equal(judge(read('180f', '2a6e')), STATUS.denied);
  assert.equal(judge(read('181a', '2a6e'), 'lamp'), STATUS.denied);
  assert.equal(judge(read('181a', '2a6e'), 'boile'), STATUS.denied);
  assert.equal(judge(write('181a', '2a6e', true)), STATUS.denied);
  for (const withResponse of [true, false]) assert.equal(judge(write('fff0', 'fff1', withResponse)), STATUS.ok);
  assert.equal(judge(read('fff0', 'fff1')), STATUS.denied);
});

test('a service stands for all of its characteristics', () => {
  for (const characteristic of ['2a6e', '2a6f', '6e400002b5a3f393e0a9e50e24dcca9e'])
    for (const kind of ['subscribe', 'unsubscribe'] as const)
      assert.equal(judge({ kind, path: path('181a', characteristic) }), STATUS.ok);
  assert.equal(judge({ kind: 'subscribe', path: path('181b', '2a6e') }), STATUS.denied);
});

test('the link of a device with any grant may be watched; advertisements need theirs', () => {
  assert.deepEqual([judge({ kind: 'connection' }), judge({ kind: 'connection' }, 'lamp')], [STATUS.ok, STATUS.denied]);
  assert.equal(judge({ kind: 'unsubscribe', path: undefined }), STATUS.ok);
  assert.equal(judge({ kind: 'advertisements' }, 'air'), STATUS.ok);
  assert.equal(judge({ kind: 'advertisements' }), STATUS.denied);
  assert.equal(judge({ kind: 'connection' }, 'air'), STATUS.denied);
});

test('what is no request is invalid, whoever asks', () => {
  assert.equal(guard.judge(new Uint8Array(0)), STATUS.invalid);
  assert.equal(guard.judge(encodeBleRequest(read('181a', '2a6e'), 'boiler').subarray(1)), STATUS.invalid);
});

test('a device that is not there, and a place that is none, are refused when the module starts', () => {
  const codeOf = (grant: BleGrant): string | undefined => {
    try {
      compileBleGuard([grant], DEVICES);
      return undefined;
    } catch (error) {
      return error instanceof GatehouseError ? error.code : 'another';
    }
  };
  assert.equal(codeOf(grantOf('nobody')), 'GRANT_UNKNOWN_DEVICE');
  assert.equal(codeOf(grantOf('toString')), 'GRANT_UNKNOWN_DEVICE');
  assert.equal(codeOf(grantOf('boiler', { read: ['181a/'] })), 'GRANT_INVALID');
});

test.run();
