import type { LeafDevices } from '../devices/leaf-devices.ts';
import type { JsonObject } from '../json/value.ts';
import { type ModuleLimits, QUEUE_LIMITS } from '../limits.ts';
import type { Grants } from './grants.ts';

/** What a gateway is to run: modules, the routes between them, and how long undelivered messages are kept. */
export interface Deployment extends LeafDevices {
  /** Schema version of `$edgeAgent`, as written. */
  readonly schemaVersion: string;
  /** Modules in the order of the file; those with problems of their own are left out. */
  readonly modules: readonly ModuleSpec[];
  /** Ids of all modules the file names, also of those left out. */
  readonly declared: readonly string[];
  /** Routes in the order of the file, without those switched off by an empty text. */
  readonly routes: readonly RouteSpec[];
  /** How long an undelivered message is kept, in seconds, where its route does not say; negative: for ever. */
  readonly timeToLiveSecs: number;
  /** Room for undelivered messages on disk, in bytes; absent: the host's own default. */
  readonly storeMaxBytes?: number;
}

export type RestartPolicy = 'never' | 'on-failure' | 'on-unhealthy' | 'always';
/** Whether a module runs in the thread that all share, or in one of its own. */
export type Isolation = 'shared' | 'own-cell';
export type RestartScheduleName = 'gatehouse' | 'iot-edge';
export type QueuePolicy = 'wait' | 'drop-oldest' | 'reject';

/** One module of a deployment, with every setting filled in. */
export interface ModuleSpec {
  readonly id: string;
  /** Free text of the deployment's author; empty if absent. */
  readonly version: string;
  readonly status: 'running' | 'stopped';
  readonly restartPolicy: RestartPolicy;
  /** 0 to 4294967295, lower first. */
  readonly startupOrder: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path of the module file. */
  readonly image: string;
  readonly grants: Grants;
  readonly limits: ModuleLimits;
  /** Inputs that the deployment configures; any other input has the defaults of `QUEUE_LIMITS` and drops the oldest. */
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly restartSchedule: RestartScheduleName;
  readonly isolation: Isolation;
  /** Runs also if a higher version of it has run on this gateway. */
  readonly allowDowngrade: boolean;
  /** Desired properties of the module's twin; empty if the file has none. */
  readonly desired: JsonObject;
}

/** The bounded queue in front of one input. */
export interface InputSpec {
  readonly bytes: number;
  readonly policy: QueuePolicy;
}

/** What an input has that the deployment does not configure. */
export const DEFAULT_INPUT: InputSpec = { bytes: QUEUE_LIMITS.bytes.default, policy: 'drop-oldest' };

/** One route as the file has it; `compileRoute` makes it executable. */
export interface RouteSpec {
  readonly name: string;
  readonly text: string;
  /** 0 to 9, lower first; 2,000,000,000 where the file has none. */
  readonly priority: number;
  /** Seconds; 0 means the time to live of the deployment. */
  readonly timeToLiveSecs: number;
  /** Place of the text in the file, for problems found later. */
  readonly path: string;
}
