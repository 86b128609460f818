import { DEVICE_TYPES, type DeviceConfig } from '../drivers/index.ts';
import { record, type Shape, tagged } from '../json/index.ts';
import { DEVICE_NAME } from '../manifest/name-rules.ts';

/** Most devices of one gateway, from both files together. */
export const DEVICES_MAX = 256;

/** A device that the gateway can reach. */
const deviceShape: Shape<DeviceConfig> = tagged(DEVICE_TYPES, {
  expected: 'an object that describes a device',
  text: 'Kind of device.',
});

/** Leaf devices, written in the same way in a deployment and in `gateway.json`. */
export const devicesShape = record(deviceShape, { name: DEVICE_NAME, max: DEVICES_MAX, entries: 'devices' });
