import type { DeviceDriverDescription } from '../description.ts';
import type { ModbusConfig } from './config.ts';
import { modbusRtuFields, modbusRtuTcpFields, modbusTcpFields } from './config-shape.ts';
import type { ModbusGrant } from './grant.ts';
import { modbusGrant } from './grant-shape.ts';
import type { ModbusFacts } from './guard.ts';
import { lineProblems } from './line-shape.ts';

/** Modbus devices: a grant names one, and polls of it. */
export const modbusDescription = {
  devices: { 'modbus-tcp': modbusTcpFields, 'modbus-rtu-tcp': modbusRtuTcpFields, 'modbus-rtu': modbusRtuFields },
  grant: { shape: modbusGrant, items: 'grants on Modbus devices', text: 'Modbus devices that the module may talk to.' },
  unknownNames: ({ poll }, { polls }) => ({ poll: { used: poll, known: polls, kind: 'poll' } }),
  deviceProblems: (devices, { lines }) => lineProblems(devices, lines),
  port: (device) => (device.type === 'modbus-rtu' ? { line: device.line } : undefined),
  facts: (devices) => mapValues(devices, ({ polls }) => mapValues(polls, ({ registers }) => registers)),
} as const satisfies DeviceDriverDescription<ModbusGrant, ModbusConfig, ModbusFacts>;

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
