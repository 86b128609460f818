// What the cell loads of the drivers: nothing here does I/O.
import type { Status } from '../abi/constants.ts';
import { compileBleGuard } from './ble/guard.ts';
import type { DriverName } from './driver-names.ts';
import type { DeviceFacts, DeviceGrants } from './grants.ts';
import { compileHttpGuard } from './http/guard.ts';
import { compileModbusGuard } from './modbus/guard.ts';
import { compileModbusServerGuard } from './modbus-server/guard.ts';
import { compileMqttGuard } from './mqtt/guard.ts';
import { compileSerialGuard } from './serial/guard.ts';

/** Judges the requests of one module to one driver, in the cell, from their payload alone, while the module waits: it allocates nothing. */
export interface RequestGuard {
  /** Longest payload of a request. */
  readonly requestBytes: number;
  /** Longest payload of an answer. */
  readonly answerBytes: number;
  /** `ok`, `invalid` (not the layout of the driver), `denied`, or `limit` (larger than the grant allows). */
  judge(payload: Uint8Array): Status;
  /**
   * Room for answers of subscriptions while the module is paused, when every one of them matters; what finds none is dropped and
   * counted. Absent: of each subscription only the newest waits.
   */
  readonly streamBytes?: number;
  /** Whether a request that passed is answered more than once. */
  isSubscription(payload: Uint8Array): boolean;
}

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
