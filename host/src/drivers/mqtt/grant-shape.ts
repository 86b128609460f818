import { object, required, type Shape, text } from '../../json/index.ts';
import { DEVICE_NAME } from '../../manifest/name-rules.ts';
import type { MqttGrant } from './grant.ts';
import { allowedFilters } from './topic-shape.ts';

/** Topics that a module may publish to, of one broker or listener. */
export const mqttGrant: Shape<MqttGrant> = object(
  {
    device: required(text(DEVICE_NAME), 'Name of a device.'),
    publish: required(allowedFilters(1), 'Filters of the topics that it may publish to, such as "cmd/+/set".'),
  },
  { expected: 'an object with device and publish' },
);
