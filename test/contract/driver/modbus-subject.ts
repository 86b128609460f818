import { STATUS } from '../../../host/src/abi/constants.ts';
import { encodeModbusRequest } from '../../../host/src/drivers/modbus/encode-request.ts';
import { DriverRig, deviceAt, readOf } from '../../unit/host/drivers/driver-rig.ts';
import { FakeNetwork } from '../../unit/host/drivers/fake-network.ts';
import { VirtualClock } from '../../unit/host/drivers/virtual-clock.ts';
import type { DriverSubject } from './driver-subject.ts';

/** The Modbus driver with one device on a network of the test. */
export async function openModbusSubject(): Promise<DriverSubject> {
  const network = new FakeNetwork();
  const clock = new VirtualClock();
  const device = deviceAt(502);
  const options = { clock, random: () => 0.5, openTransport: network.open };
  const rig = await DriverRig.open({ pump: device }, options);
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return {
    driver: rig.driver,
    payloads: {
      good: encodeModbusRequest(readOf('holding:0-3'), 'pump'),
      malformed: new Uint8Array(3),
      unknown: encodeModbusRequest(readOf('holding:0-3'), 'nowhere'),
    },
    statusOfUnknown: STATUS.notFound,
    connectsUnasked: true,
    deadlineMs: 2 * device.timeoutMs,
    get logs() {
      return rig.logs.map(({ text }) => text);
    },
    get open() {
      return clock.pending + network.connections.filter(({ over }) => over === undefined).length;
    },
    async pass(ms) {
      await settle();
      for (let passed = 0; passed < ms; passed += 100) {
        clock.advance(Math.min(100, ms - passed));
        await settle();
      }
    },
    answer() {
      while (network.last.over === undefined && network.last.answerNext());
    },
    leave() {
      network.isOpen = false;
      network.last.close(new Error('gone'));
    },
    comeBack() {
      network.isOpen = true;
    },
  };
}
