import type { CellStatus, ModuleStatus, RouteStatus } from '../cell/status.ts';
import type { Driver } from '../drivers/driver.ts';
import type { Uplink } from '../uplink/index.ts';
import type { RouteCounters } from './publisher.ts';

/** The gateway at a moment, as plain JSON values. */
export interface GatewayStatus {
  /** Milliseconds since 1970. */
  readonly time: number;
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

export function gatewayStatus(parts: {
  cell: CellStatus;
  drivers: ReadonlyMap<string, Driver>;
  uplink: Uplink | undefined;
  uptimeMs: number;
  /** Of the main thread, by name of the route: in a cell nobody knows of it. */
  outside: ReadonlyMap<string, RouteCounters>;
}): GatewayStatus {
  const { cell, drivers, uplink, uptimeMs, outside } = parts;
  return {
    time: Date.now(),
    uptimeMs: Math.round(uptimeMs),
    rssBytes: process.memoryUsage.rss(),
    modules: cell.modules,
    routes: cell.routes.map(({ name, matched, dropped }) => ({
      name,
      matched: matched + (outside.get(name)?.matched ?? 0),
      dropped: dropped + (outside.get(name)?.dropped ?? 0),
    })),
    ...(uplink === undefined ? {} : { uplink: { ...uplink.status() } }),
    devices: Object.assign({}, ...[...drivers.values()].map((driver) => driver.status())),
  };
}
