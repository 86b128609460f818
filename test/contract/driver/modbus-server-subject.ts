import { STATUS } from '../../../host/src/abi/constants.ts';
import { encodeModbusServerRequest } from '../../../host/src/drivers/modbus-server/request-codec.ts';
import { grant, ServerRig } from '../../unit/host/drivers/modbus-server/server-rig.ts';
import type { DriverSubject } from './driver-subject.ts';

const WAIT_MS = 100;
/** What the client writes: a register of each module that asks. */
const MODULES = ['m', 'failing', 'well'];

/** The Modbus server driver with one server; its modules wait for writes, and the peer is a client that makes them. */
export async function openModbusServerSubject(): Promise<DriverSubject> {
  const grants = Object.fromEntries(MODULES.map((module, index) => [module, grant([], [`holding:${index}`])]));
  const rig = await ServerRig.open(grants, { maxClients: 64, writeExpiryMs: 10 });
  const take = { kind: 'take', waitMs: WAIT_MS } as const;
  return {
    driver: rig.driver,
    payloads: {
      good: encodeModbusServerRequest(take, 'scada'),
      malformed: new Uint8Array(3),
      unknown: encodeModbusServerRequest(take, 'nowhere'),
    },
    statusOfUnknown: STATUS.notFound,
    connectsUnasked: true,
    deadlineMs: WAIT_MS,
    logs: rig.logs,
    get open() {
      return rig.clock.pending + rig.listening;
    },
    async pass(ms) {
      await rig.pass(0);
      for (let passed = 0; passed < ms; passed += 50) await rig.pass(Math.min(50, ms - passed));
    },
    answer() {
      const client = rig.connect();
      for (const index of MODULES.keys()) client.ask(`06 000${index} 0001`);
      client.events?.closed();
    },
    leave() {
      rig.lose();
    },
    comeBack() {
      rig.isThere = true;
    },
  };
}
