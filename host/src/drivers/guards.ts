// What the cell loads of the drivers: nothing here does I/O.
import { compileBleGuard } from './ble/guard.ts';
import type { DriverName } from './driver-names.ts';
import type { DeviceFacts, DeviceGrants } from './grants.ts';
import { compileHttpGuard } from './http/guard.ts';
import { compileModbusGuard } from './modbus/guard.ts';
import { compileModbusServerGuard } from './modbus-server/guard.ts';
import { compileMqttGuard } from './mqtt/guard.ts';
import type { RequestGuard } from './request-guard.ts';
import { compileSerialGuard } from './serial/guard.ts';

/** Compiles what a module is granted; a driver without a grant is left out. */
export function compileGuards(grants: DeviceGrants, facts: DeviceFacts): Map<DriverName, RequestGuard> {
  const guards = new Map<DriverName, RequestGuard>();
  if (grants.modbus !== undefined) guards.set('modbus', compileModbusGuard(grants.modbus, facts.modbus ?? {}));
  if (grants.serial !== undefined) guards.set('serial', compileSerialGuard(grants.serial, facts.serial ?? []));
  if (grants.http !== undefined) guards.set('http', compileHttpGuard(grants.http));
  if (grants['modbus-server'] !== undefined)
    guards.set('modbus-server', compileModbusServerGuard(grants['modbus-server'], facts['modbus-server'] ?? []));
  if (grants.ble !== undefined) guards.set('ble', compileBleGuard(grants.ble, facts.ble ?? {}));
  if (grants.mqtt !== undefined) guards.set('mqtt', compileMqttGuard(grants.mqtt, facts.mqtt ?? []));
  return guards;
}
