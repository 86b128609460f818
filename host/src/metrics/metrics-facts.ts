import type { ModuleCounters } from '../cell/module-counters.ts';
import type { ModuleStatus } from '../cell/status.ts';
import type { SecurityLogStatus, SecurityTotal } from '../security/index.ts';

/** What is known of a module besides what its thread says. */
export interface ModuleFigures {
  readonly version: string;
  readonly isExpectedToRun: boolean;
  readonly starts: number;
  readonly stops: number;
  readonly ranSeconds: number;
}

/** Everything that metrics are made of. */
export interface MetricsFacts {
  readonly deviceId: string;
  readonly uptimeSeconds: number;
  readonly rssBytes: number;
  /** How old the figures of modules and routes are: more than a moment when a thread does not answer. */
  readonly ageSeconds: number;
  readonly host: { readonly uptimeSeconds: number; readonly totalBytes: number; readonly freeBytes: number };
  readonly modules: readonly (ModuleStatus & ModuleFigures)[];
  readonly routes: readonly { readonly name: string; readonly matched: number; readonly dropped: number }[];
  /** Figures by name, as the status has them; absent without an uplink. */
  readonly uplink?: Readonly<Record<string, unknown>>;
  readonly devices: Readonly<Record<string, unknown>>;
  readonly security: readonly SecurityTotal[];
  readonly securityLog?: SecurityLogStatus;
}

/** The limit whose crossing each counter counts. */
export const LIMIT_COUNTERS = {
  messageLimit: 'LIMIT_MESSAGE',
  messageRate: 'LIMIT_MESSAGES',
  fuelPauses: 'LIMIT_FUEL',
  jsonLimit: 'LIMIT_JSON',
  timerLimit: 'LIMIT_TIMERS',
  requestLimit: 'LIMIT_REQUESTS',
  stateLimit: 'LIMIT_STATE',
  twinLimit: 'LIMIT_TWIN',
  queueFull: 'LIMIT_QUEUE',
  hopsExceeded: 'LIMIT_HOPS',
  logDropped: 'LIMIT_LOG',
  outOfFuel: 'MODULE_OUT_OF_FUEL',
  outOfStack: 'MODULE_OUT_OF_STACK',
} as const satisfies { readonly [Name in keyof ModuleCounters]?: string };
