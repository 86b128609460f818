import type { DiskSpace } from './disk-space.ts';
import type { Health } from './health-shape.ts';
import type { CellSilence } from './pulse.ts';

/** Everything that the health of a gateway is judged by. */
export interface HealthFacts {
  readonly deviceId: string;
  readonly version: string;
  readonly phase: Health['host']['phase'];
  readonly uptimeMs: number;
  readonly memoryBytes: number;
  readonly cells: readonly CellSilence[];
  readonly modules: readonly ModuleFacts[];
  /** As the uplink says it itself; absent without one. */
  readonly uplink?: Readonly<Record<string, unknown>>;
  /** What the drivers say, by name of the device. */
  readonly devices: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970, by the clock that the times of errors of devices are from. */
  readonly time: number;
  readonly disk?: DiskSpace;
  /** What waits on disk, if something does. */
  readonly journal?: { readonly messages: number; readonly bytes: number };
}

export interface ModuleFacts {
  readonly name: string;
  readonly state: string;
  readonly isToRun: boolean;
  readonly pausedBy?: string;
  /** Why it went down last. */
  readonly code?: string;
  readonly retryInMs?: number;
  readonly restarts: number;
  readonly events: number;
}
