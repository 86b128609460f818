import { STATUS } from '../../abi/constants.ts';
import { isForDevice, unknownName } from '../named-device.ts';
import type { RequestGuard } from '../request-guard.ts';
import type { MqttGrant } from './grant.ts';
import { MQTT_LIMITS } from './limits.ts';
import { isWellFormed, MQTT_HEADER_BYTES, NAME_BYTES_MAX, topicBytesOf } from './request-codec.ts';
import { takesTopic } from './topic.ts';

/** Names of the brokers and listeners that the gateway has. */
export type MqttFacts = readonly string[];

/**
 * Compiles what a module is granted into what judges its requests. Several grants on one device add up.
 *
 * @throws GatehouseError GRANT_UNKNOWN_DEVICE for a device that the gateway does not have; `check` has found it before
 */
export function compileMqttGuard(grants: readonly MqttGrant[], devices: MqttFacts): RequestGuard {
  const encoder = new TextEncoder();
  const rules = grants.flatMap(({ device, publish }, index) => {
    if (!devices.includes(device)) throw unknownName(`mqtt[${index}].device`, `MQTT broker or listener "${device}"`);
    return publish.map((filter) => ({ name: encoder.encode(device), filter: encoder.encode(filter) }));
  });
  return {
    requestBytes: MQTT_HEADER_BYTES + MQTT_LIMITS.topicBytes + MQTT_LIMITS.payloadBytes + NAME_BYTES_MAX,
    answerBytes: 0,
    judge(payload) {
      if (!isWellFormed(payload)) return STATUS.invalid;
      const topicEnd = MQTT_HEADER_BYTES + topicBytesOf(payload);
      for (let i = 0; i < rules.length; i++) {
        const { name, filter } = rules[i]!;
        if (isForDevice(payload, name) && takesTopic(filter, payload, MQTT_HEADER_BYTES, topicEnd)) return STATUS.ok;
      }
      return STATUS.denied;
    },
    isSubscription: () => false,
  };
}
