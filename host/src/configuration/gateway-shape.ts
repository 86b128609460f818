import { object, optional, record, required, text, unused, withDefault } from '../json/index.ts';
import { DEVICE_NAME } from '../manifest/name-rules.ts';
import { deviceShape } from './device-shape.ts';
import { uplinkShape } from './uplink-shape.ts';

/** Most devices of one gateway. */
export const DEVICES_MAX = 256;

/** The file `gateway.json`. */
export const gatewayShape = object(
  {
    $schema: unused(text(), 'JSON Schema of this file, for editors.'),
    deviceId: required(
      text({
        expected: "a device id of 1 to 128 letters, digits and -.%_*?!(),=@$':",
        pattern: /^[A-Za-z0-9\-.%_*?!(),=@$':]{1,128}$/,
      }),
      'Id of the gateway at the hub.',
    ),
    uplink: optional(uplinkShape, 'The hub or broker; without it nothing goes upstream.'),
    devices: withDefault(
      record(deviceShape, { name: DEVICE_NAME, max: DEVICES_MAX, entries: 'devices' }),
      {},
      'Devices by the names that grants use.',
    ),
  },
  { expected: 'an object with at least a deviceId' },
);
