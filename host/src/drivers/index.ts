import type { DriverName } from './driver-names.ts';
import type { DeviceConfig, DeviceFacts } from './grants.ts';
import { modbusDescription } from './modbus/description.ts';

export type { NamesUsed } from './description.ts';
export type { Driver, DriverEvents, RequestCaller, WriteAudit, WriteOutcome } from './driver.ts';
export { DRIVERS, type DriverName } from './driver-names.ts';
export type { DeviceConfig, DeviceFacts, DeviceGrants } from './grants.ts';

/** What files may say, by driver. */
export const DESCRIPTIONS = { modbus: modbusDescription } as const;

/** What `gateway.json` says of a device, by its type. */
export const DEVICE_TYPES = { ...modbusDescription.devices } as const;

type Devices = Readonly<Record<string, DeviceConfig>>;

/** The devices that a driver speaks to. */
export function devicesOf(driver: DriverName, devices: Devices): Devices {
  const types = Object.keys(DESCRIPTIONS[driver].devices);
  return Object.fromEntries(Object.entries(devices).filter(([, { type }]) => types.includes(type)));
}

/** What the guards of all modules must know. */
export function factsOf(devices: Devices): DeviceFacts {
  return { modbus: modbusDescription.facts(devicesOf('modbus', devices)) };
}
