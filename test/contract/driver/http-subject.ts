import { STATUS } from '../../../host/src/abi/constants.ts';
import { encodeHttpRequest } from '../../../host/src/drivers/http/request-codec.ts';
import { FakeWeb } from '../../unit/host/drivers/http/fake-web.ts';
import { grantOf, HttpRig, requestTo } from '../../unit/host/drivers/http-rig.ts';
import { VirtualClock } from '../../unit/host/drivers/virtual-clock.ts';
import type { DriverSubject } from './driver-subject.ts';

const TIMEOUT_MS = 1_000;
const MODULES = ['m', 'failing', 'well'];

/** The HTTP driver with one server, of which each request has a connection of its own. */
export async function openHttpSubject(): Promise<DriverSubject> {
  const web = new FakeWeb();
  const clock = new VirtualClock();
  const grants = [grantOf({ origins: ['http://192.0.2.1'], timeoutMs: TIMEOUT_MS })];
  const options = { clock, agents: web.agents };
  const rig = await HttpRig.open(Object.fromEntries(MODULES.map((module) => [module, grants])), options);
  // node:http does its work in turns of the event loop.
  const settle = async () => {
    for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    driver: rig.driver,
    payloads: {
      good: encodeHttpRequest(requestTo('http://192.0.2.1/weight')),
      malformed: new Uint8Array(3),
      unknown: encodeHttpRequest(requestTo('http://192.0.2.2/weight')),
    },
    // It has no devices by name; where nothing is granted, nothing is said about what there is.
    statusOfUnknown: STATUS.denied,
    // Nobody is connected to before a module asks.
    connectsUnasked: false,
    deadlineMs: TIMEOUT_MS,
    get logs() {
      return rig.logs.map(({ text }) => text);
    },
    get open() {
      return clock.pending + web.open;
    },
    async pass(ms) {
      await settle();
      clock.advance(ms);
      await settle();
    },
    answer() {
      for (const socket of web.sockets) socket.answer('1.5 kg');
    },
    leave() {
      web.isOpen = false;
      for (const socket of web.sockets) socket.destroy();
    },
    comeBack() {
      web.isOpen = true;
    },
  };
}
