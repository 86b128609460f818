import { STATUS } from '../../../host/src/abi/constants.ts';
import { encodeBleRequest } from '../../../host/src/drivers/ble/request-codec.ts';
import { BleRig, PATH } from '../../unit/host/drivers/ble/ble-rig.ts';
import type { DriverSubject } from './driver-subject.ts';

/** The Bluetooth driver with one device, which answers when the test says so. */
export async function openBleSubject(): Promise<DriverSubject> {
  const rig = await BleRig.of(1);
  const { peer } = rig;
  peer.answers = false;
  const good = { kind: 'read', path: PATH, expiryMs: 500 } as const;
  return {
    driver: rig.driver,
    payloads: {
      good: encodeBleRequest(good, 'peer-1'),
      malformed: new Uint8Array(3),
      unknown: encodeBleRequest(good, 'nowhere'),
    },
    statusOfUnknown: STATUS.notFound,
    connectsUnasked: true,
    deadlineMs: 1_000,
    logs: rig.logs,
    get open() {
      return rig.clock.pending + rig.radios.filter(({ isClosed }) => !isClosed).length;
    },
    pass: (ms) => rig.pass(ms, Math.max(10, ms / 1_000)),
    answer() {
      peer.link?.waiting?.();
    },
    leave() {
      peer.isThere = false;
      peer.link?.close('out of reach');
    },
    comeBack() {
      peer.isThere = true;
    },
  };
}
