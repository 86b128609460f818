import type { DeviceDriverDescription } from '../description.ts';
import type { ModbusServerConfig } from './config.ts';
import { modbusServerFields } from './config-shape.ts';
import { serverProblems } from './device-problems.ts';
import type { ModbusServerGrant } from './grant.ts';
import { grantConflicts } from './grant-conflicts.ts';
import { modbusServerGrant } from './grant-shape.ts';
import type { ModbusServerFacts } from './guard.ts';

/** Modbus servers of the gateway: a grant names one, and registers of it. */
export const modbusServerDescription = {
  devices: { 'modbus-server': modbusServerFields },
  grant: {
    shape: modbusServerGrant,
    items: 'grants on Modbus servers',
    text: 'Registers of Modbus servers of the gateway that belong to the module.',
  },
  unknownNames: () => ({}),
  conflicts: grantConflicts,
  deviceProblems: serverProblems,
  listensOn: (device) => device,
  facts: (devices) => Object.keys(devices),
} as const satisfies DeviceDriverDescription<ModbusServerGrant, ModbusServerConfig, ModbusServerFacts>;
