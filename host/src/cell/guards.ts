import type { DriverName } from '../bridge/frames.ts';
import type { RequestGuard } from '../drivers/driver.ts';
import { compileModbusGuard } from '../drivers/modbus/index.ts';
import { functionAt, SUBSCRIBE } from '../drivers/modbus/request-codec.ts';
import type { CellModuleSpec } from './module-slot.ts';

/** The checks of a module's device requests, compiled from its grants; a driver without a grant is left out. */
export function createGuards(spec: CellModuleSpec): [DriverName, RequestGuard][] {
  const guards: [DriverName, RequestGuard][] = [];
  if (spec.modbus !== undefined) guards.push(['modbus', compileModbusGuard(spec.modbus, spec.polls)]);
  return guards;
}

/** Whether a well-formed request is answered more than once. */
export const isSubscription = (payload: Uint8Array): boolean => functionAt(payload) === SUBSCRIBE;
