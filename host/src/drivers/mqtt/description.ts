import type { DeviceDriverDescription } from '../description.ts';
import type { MqttConfig } from './config.ts';
import { mqttProblems } from './config-problems.ts';
import { brokerFields, listenerFields } from './config-shape.ts';
import type { MqttGrant } from './grant.ts';
import { mqttGrant } from './grant-shape.ts';
import type { MqttFacts } from './guard.ts';

/** Brokers and listeners: a grant names one, and topics. */
export const mqttDescription = {
  devices: { 'mqtt-broker': brokerFields, 'mqtt-listener': listenerFields },
  grant: {
    shape: mqttGrant,
    items: 'grants on MQTT brokers and listeners',
    text: 'Topics that the module may publish to.',
  },
  unknownNames: () => ({}),
  deviceProblems: mqttProblems,
  listensOn: (device) => (device.type === 'mqtt-listener' ? device : undefined),
  facts: (devices) => Object.keys(devices),
} as const satisfies DeviceDriverDescription<MqttGrant, MqttConfig, MqttFacts>;
