import type { BleConfig } from './ble/config.ts';
import type { BleGrant } from './ble/grant.ts';
import type { BleFacts } from './ble/guard.ts';
import type { HttpGrant } from './http/grant.ts';
import type { ModbusConfig } from './modbus/config.ts';
import type { ModbusGrant } from './modbus/grant.ts';
import type { ModbusFacts } from './modbus/guard.ts';
import type { ModbusServerConfig } from './modbus-server/config.ts';
import type { ModbusServerGrant } from './modbus-server/grant.ts';
import type { ModbusServerFacts } from './modbus-server/guard.ts';
import type { MqttConfig } from './mqtt/config.ts';
import type { MqttGrant } from './mqtt/grant.ts';
import type { MqttFacts } from './mqtt/guard.ts';
import type { SerialConfig } from './serial/config.ts';
import type { SerialGrant } from './serial/grant.ts';
import type { SerialFacts } from './serial/guard.ts';

/** What a deployment grants a module, by driver. */
export interface DeviceGrants {
  readonly modbus?: readonly ModbusGrant[];
  readonly serial?: readonly SerialGrant[];
  readonly http?: readonly HttpGrant[];
  readonly ble?: readonly BleGrant[];
  readonly mqtt?: readonly MqttGrant[];
  readonly 'modbus-server'?: readonly ModbusServerGrant[];
}

/** A device as either file has it. */
export type DeviceConfig = ModbusConfig | SerialConfig | BleConfig | MqttConfig | ModbusServerConfig;

/** What the guards of a module must know of the devices, by driver: plain data, which crosses threads. */
export interface DeviceFacts {
  readonly modbus?: ModbusFacts;
  readonly serial?: SerialFacts;
  readonly ble?: BleFacts;
  readonly mqtt?: MqttFacts;
  readonly 'modbus-server'?: ModbusServerFacts;
}
