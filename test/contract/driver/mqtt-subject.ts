import { STATUS } from '../../../host/src/abi/constants.ts';
import { encodeMqttRequest } from '../../../host/src/drivers/mqtt/request-codec.ts';
import { FakeBroker } from '../../unit/host/drivers/mqtt/fake-broker.ts';
import { brokerAt, MqttRig } from '../../unit/host/drivers/mqtt/mqtt-rig.ts';
import { VirtualClock } from '../../unit/host/drivers/virtual-clock.ts';
import type { DriverSubject } from './driver-subject.ts';

const STEP_MS = 1_000;

/** The MQTT driver as a client of one broker without a network. */
export async function openMqttSubject(): Promise<DriverSubject> {
  const broker = new FakeBroker();
  const clock = new VirtualClock();
  const config = brokerAt(1_883, { timeoutMs: 1_000 });
  const rig = await MqttRig.open({ plant: config }, { clock, random: () => 0.5, openStream: broker.open });
  const message = { topic: 'cmd/a', payload: Buffer.from('on'), qos: 1, retain: false, expiryMs: 1_000 } as const;
  // Streams hand on in steps of their own.
  const settle = async () => {
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    driver: rig.driver,
    payloads: {
      good: encodeMqttRequest(message, 'plant'),
      malformed: new Uint8Array(3),
      unknown: encodeMqttRequest(message, 'nowhere'),
    },
    statusOfUnknown: STATUS.notFound,
    connectsUnasked: true,
    deadlineMs: 2 * config.timeoutMs,
    get logs() {
      return rig.logs.map(({ text }) => text);
    },
    get open() {
      return clock.pending + broker.connections;
    },
    async pass(ms) {
      clock.advance(0);
      await settle();
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        clock.advance(Math.min(STEP_MS, ms - passed));
        await settle();
      }
    },
    answer: () => broker.answer(),
    leave: () => broker.leave(),
    comeBack() {
      broker.isThere = true;
    },
  };
}
