import { bleDescription } from './ble/description.ts';
import type {
  DeviceDriverDescription,
  DeviceProblem,
  GrantConflict,
  GrantOfModule,
  ListenAddress,
  NamesUsed,
  PortUse,
  Surroundings,
} from './description.ts';
import type { DeviceConfig, DeviceFacts } from './grants.ts';
import { httpDescription } from './http/description.ts';
import { modbusDescription } from './modbus/description.ts';
import { modbusServerDescription } from './modbus-server/description.ts';
import { mqttDescription } from './mqtt/description.ts';
import { serialDescription } from './serial/description.ts';

export type { BluetoothConfig } from './ble/config.ts';
export { bluetoothShape } from './ble/config-shape.ts';
export type { DeviceProblem, GrantConflict, GrantOfModule, ListenAddress, NamesUsed } from './description.ts';
export type { Driver, DriverEvents, RequestCaller, WriteAudit, WriteOutcome } from './driver.ts';
export { DRIVERS, type DriverName } from './driver-names.ts';
export type { DeviceConfig, DeviceFacts, DeviceGrants } from './grants.ts';
export type { SerialLines } from './modbus/config.ts';
export { LINES_MAX, linesShape } from './modbus/line-shape.ts';

/** What files may say, by driver. */
export const DESCRIPTIONS = {
  modbus: modbusDescription,
  serial: serialDescription,
  http: httpDescription,
  'modbus-server': modbusServerDescription,
  ble: bleDescription,
  mqtt: mqttDescription,
} as const;

/** What files say of a device, by its type. */
export const DEVICE_TYPES = {
  ...modbusDescription.devices,
  ...serialDescription.devices,
  ...modbusServerDescription.devices,
  ...bleDescription.devices,
  ...mqttDescription.devices,
} as const;

/** Drivers that speak to devices which files describe. */
export const DEVICE_DRIVERS = ['modbus', 'serial', 'modbus-server', 'ble', 'mqtt'] as const;
export type DeviceDriverName = (typeof DEVICE_DRIVERS)[number];

type Devices = Readonly<Record<string, DeviceConfig>>;
/** The configuration of the devices of one driver. */
export type ConfigOf<Name extends DeviceDriverName> = Extract<
  DeviceConfig,
  { readonly type: keyof (typeof DESCRIPTIONS)[Name]['devices'] }
>;

/** The devices that a driver speaks to. */
export function devicesOf<Name extends DeviceDriverName>(
  driver: Name,
  devices: Devices,
): Record<string, ConfigOf<Name>> {
  const types = Object.keys(DESCRIPTIONS[driver].devices);
  const ofDriver = Object.entries(devices).filter(([, { type }]) => types.includes(type));
  return Object.fromEntries(ofDriver) as Record<string, ConfigOf<Name>>;
}

/** The serial port that a device needs; undefined: none. */
export const portOf = (device: DeviceConfig): PortUse | undefined => descriptionOf(driverOf(device)).port?.(device);

/** Where a device waits for connections; undefined: nowhere. */
export const listensOn = (device: DeviceConfig): ListenAddress | undefined =>
  descriptionOf(driverOf(device)).listensOn?.(device);

const driverOf = ({ type }: DeviceConfig): DeviceDriverName =>
  DEVICE_DRIVERS.find((name) => Object.hasOwn(DESCRIPTIONS[name].devices, type))!;

/** Names that a grant uses of a device, by the member that lists them; both belong to the driver. */
export function namesUsed(
  driver: DeviceDriverName,
  grant: unknown,
  device: DeviceConfig,
): Readonly<Record<string, NamesUsed>> {
  return descriptionOf(driver).unknownNames(grant, device);
}

/** What a grant says that its device cannot do, and in which member. */
export function misfitOf(
  driver: DeviceDriverName,
  grant: unknown,
  device: DeviceConfig,
): { readonly member: string; readonly message: string } | undefined {
  return descriptionOf(driver).misfit?.(grant, device);
}

/** Whether some device sends messages by itself. */
export const sendMessages = (devices: Devices): boolean => Object.keys(devicesOf('mqtt', devices)).length > 0;

/** Devices that do not fit together. */
export function deviceProblems(devices: Devices, around: Surroundings): readonly DeviceProblem[] {
  return DEVICE_DRIVERS.flatMap(
    (driver) => descriptionOf(driver).deviceProblems?.(devicesOf(driver, devices), around) ?? [],
  );
}

/** Grants of one driver that exclude each other. */
export const grantConflicts = (
  driver: DeviceDriverName,
  grants: readonly GrantOfModule<unknown>[],
): readonly GrantConflict[] => descriptionOf(driver).conflicts?.(grants) ?? [];

/** A description, for those who only pass on what belongs to it. */
const descriptionOf = (driver: DeviceDriverName) =>
  DESCRIPTIONS[driver] as unknown as DeviceDriverDescription<unknown, DeviceConfig, unknown>;

/** What the guards of all modules must know. */
export function factsOf(devices: Devices): DeviceFacts {
  return {
    modbus: modbusDescription.facts(devicesOf('modbus', devices)),
    serial: serialDescription.facts(devicesOf('serial', devices)),
    'modbus-server': modbusServerDescription.facts(devicesOf('modbus-server', devices)),
    ble: bleDescription.facts(devicesOf('ble', devices)),
    mqtt: mqttDescription.facts(devicesOf('mqtt', devices)),
  };
}
