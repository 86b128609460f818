import { bleDescription } from './ble/description.ts';
import type { DeviceDriverDescription, NamesUsed, PortUse } from './description.ts';
import type { DeviceConfig, DeviceFacts } from './grants.ts';
import { httpDescription } from './http/description.ts';
import { modbusDescription } from './modbus/description.ts';
import { mqttDescription } from './mqtt/description.ts';
import { serialDescription } from './serial/description.ts';

export type { BluetoothConfig } from './ble/config.ts';
export { bleProblems, bluetoothShape } from './ble/config-shape.ts';
export type { NamesUsed } from './description.ts';
export type { Driver, DriverEvents, RequestCaller, WriteAudit, WriteOutcome } from './driver.ts';
export { DRIVERS, type DriverName } from './driver-names.ts';
export type { DeviceConfig, DeviceFacts, DeviceGrants } from './grants.ts';
export type { SerialLines } from './modbus/config.ts';
export { LINES_MAX, lineProblems, linesShape } from './modbus/line-shape.ts';
export { type MqttProblem, mqttProblems } from './mqtt/config-problems.ts';

/** What files may say, by driver. */
export const DESCRIPTIONS = {
  modbus: modbusDescription,
  serial: serialDescription,
  http: httpDescription,
  ble: bleDescription,
  mqtt: mqttDescription,
} as const;

/** What `gateway.json` says of a device, by its type. */
export const DEVICE_TYPES = {
  ...modbusDescription.devices,
  ...serialDescription.devices,
  ...bleDescription.devices,
  ...mqttDescription.devices,
} as const;

/** Drivers that speak to devices of the gateway configuration. */
export const DEVICE_DRIVERS = ['modbus', 'serial', 'ble', 'mqtt'] as const;
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
export function portOf(device: DeviceConfig): PortUse | undefined {
  const driver = DEVICE_DRIVERS.find((name) => Object.hasOwn(DESCRIPTIONS[name].devices, device.type))!;
  const description = DESCRIPTIONS[driver] as unknown as DeviceDriverDescription<unknown, DeviceConfig, unknown>;
  return description.port?.(device);
}

/** Names that a grant uses of a device, by the member that lists them; both belong to the driver. */
export function namesUsed(
  driver: DeviceDriverName,
  grant: unknown,
  device: DeviceConfig,
): Readonly<Record<string, NamesUsed>> {
  const description = DESCRIPTIONS[driver] as unknown as DeviceDriverDescription<unknown, DeviceConfig, unknown>;
  return description.unknownNames(grant, device);
}

/** What a grant says that its device cannot do, and in which member. */
export function misfitOf(
  driver: DeviceDriverName,
  grant: unknown,
  device: DeviceConfig,
): { readonly member: string; readonly message: string } | undefined {
  const description = DESCRIPTIONS[driver] as unknown as DeviceDriverDescription<unknown, DeviceConfig, unknown>;
  return description.misfit?.(grant, device);
}

/** Whether some device sends messages by itself. */
export const sendMessages = (devices: Devices): boolean => Object.keys(devicesOf('mqtt', devices)).length > 0;

/** What the guards of all modules must know. */
export function factsOf(devices: Devices): DeviceFacts {
  return {
    modbus: modbusDescription.facts(devicesOf('modbus', devices)),
    serial: serialDescription.facts(devicesOf('serial', devices)),
    ble: bleDescription.facts(devicesOf('ble', devices)),
    mqtt: mqttDescription.facts(devicesOf('mqtt', devices)),
  };
}
