import { createCounters } from '../cell/module-counters.ts';
import type { CellStatus, ModuleStatus, RouteStatus } from '../cell/status.ts';
import type { Driver, DriverName } from '../drivers/index.ts';
import type { Uplink } from '../uplink/index.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { RouteCounters } from './publisher.ts';

/** The gateway at a moment, as plain JSON values. */
export interface GatewayStatus {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Why `time` cannot be right; absent when it can. */
  readonly timeUnknown?: string;
  readonly uptimeMs: number;
  /** Resident memory of the whole process. */
  readonly rssBytes: number;
  readonly modules: readonly ModuleStatus[];
  readonly routes: readonly RouteStatus[];
  /** Absent without an uplink. */
  readonly uplink?: Readonly<Record<string, unknown>>;
  /** By name of the device. */
  readonly devices: Readonly<Record<string, unknown>>;
}

/** Of a module that is in no cell at the moment, or in one that does not answer: what was last known of it. */
export function absentStatus({ spec, state, restarts: failures, retryAt, lastStatus }: GatewayModule): ModuleStatus {
  const { counters = createCounters(), restarts = 0, fuelUsed = 0, memoryHighWaterBytes = 0 } = lastStatus ?? {};
  return {
    id: spec.id,
    state,
    failures,
    ...(retryAt === undefined ? {} : { retryInMs: Math.max(0, retryAt - performance.now()) }),
    restarts,
    isPaused: false,
    fuelUsed,
    fuelLastSecond: 0,
    fuelDebt: 0,
    memoryBytes: 0,
    memoryHighWaterBytes,
    stateBytes: 0,
    pendingRequests: 0,
    counters,
    queues: [],
  };
}

/** What all drivers say of their devices, by name. */
export function deviceStatus(drivers: ReadonlyMap<DriverName, Driver>): Record<string, unknown> {
  return Object.assign({}, ...[...drivers.values()].map((driver) => driver.status()));
}

export function gatewayStatus(parts: {
  cell: CellStatus;
  drivers: ReadonlyMap<DriverName, Driver>;
  uplink: Uplink | undefined;
  timeUnknown: string | undefined;
  uptimeMs: number;
  /** Of the main thread, by name of the route: in a cell nobody knows of it. */
  outside: ReadonlyMap<string, RouteCounters>;
}): GatewayStatus {
  const { cell, drivers, uplink, timeUnknown, uptimeMs, outside } = parts;
  return {
    time: Date.now(),
    ...(timeUnknown === undefined ? {} : { timeUnknown }),
    uptimeMs: Math.round(uptimeMs),
    rssBytes: process.memoryUsage.rss(),
    modules: cell.modules,
    routes: cell.routes.map(({ name, matched, dropped }) => ({
      name,
      matched: matched + (outside.get(name)?.matched ?? 0),
      dropped: dropped + (outside.get(name)?.dropped ?? 0),
    })),
    ...(uplink === undefined ? {} : { uplink: { ...uplink.status() } }),
    devices: deviceStatus(drivers),
  };
}
