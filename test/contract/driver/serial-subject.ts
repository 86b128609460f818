import { STATUS } from '../../../host/src/abi/constants.ts';
import { encodeSerialRequest } from '../../../host/src/drivers/serial/request-codec.ts';
import { SerialRig, serialConfig } from '../../unit/host/drivers/serial/serial-rig.ts';
import type { DriverSubject } from './driver-subject.ts';

/** The serial driver with one port whose other end answers line by line. */
export async function openSerialSubject(): Promise<DriverSubject> {
  const config = serialConfig();
  const rig = await SerialRig.open(config);
  const good = { kind: 'exchange', data: Buffer.from('weigh\n'), expiryMs: config.timeoutMs } as const;
  let answered = 0;
  return {
    driver: rig.driver,
    payloads: {
      good: encodeSerialRequest(good, 'scale'),
      malformed: new Uint8Array(3),
      unknown: encodeSerialRequest(good, 'nowhere'),
    },
    statusOfUnknown: STATUS.notFound,
    connectsUnasked: true,
    deadlineMs: 2 * config.timeoutMs,
    logs: rig.logs,
    get open() {
      return rig.clock.pending + rig.ports.filter(({ isClosed }) => !isClosed).length;
    },
    async pass(ms) {
      await rig.pass(0);
      for (let passed = 0; passed < ms; passed += 50) await rig.pass(Math.min(50, ms - passed));
    },
    answer() {
      const { port } = rig;
      if (port.isClosed) return;
      for (; answered < port.written.length; answered++) port.receive('1.5 kg\n');
    },
    leave() {
      rig.isThere = false;
      answered = 0;
      rig.port.events.closed(new Error('gone'));
    },
    comeBack() {
      rig.isThere = true;
    },
  };
}
