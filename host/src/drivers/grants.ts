import type { ModbusTcpConfig } from './modbus/config.ts';
import type { ModbusGrant } from './modbus/grant.ts';
import type { ModbusFacts } from './modbus/guard.ts';

/** What a deployment grants a module of devices, by driver. */
export interface DeviceGrants {
  readonly modbus?: readonly ModbusGrant[];
}

/** A device as the gateway configuration has it. */
export type DeviceConfig = ModbusTcpConfig;

/** What the guards of a module must know of the devices, by driver: plain data, which crosses threads. */
export interface DeviceFacts {
  readonly modbus?: ModbusFacts;
}
