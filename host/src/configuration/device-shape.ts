import { DEVICE_TYPES, type DeviceConfig } from '../drivers/index.ts';
import { type Shape, tagged } from '../json/index.ts';

/** A device that the gateway can reach. */
export const deviceShape: Shape<DeviceConfig> = tagged(DEVICE_TYPES, {
  expected: 'an object that describes a device',
  text: 'Kind of device.',
});
