import type { Status } from '../abi/constants.ts';
import type { ErrorCode } from '../errors.ts';
import type { DeviceGrants } from './grants.ts';

/** Where the answers of one request go. Its instance may be gone by then; the driver is told through `moduleDown`. */
export interface RequestCaller {
  readonly module: string;
  readonly instance: number;
  readonly request: number;
  /** How long ago the request was made, in milliseconds, when the host knows; counts towards the expiry of a write. */
  readonly ageMs?: number;
  /** Called once, except for subscriptions. The payload does not change any more; others may get the same one. */
  answer(status: Status, detail: number, payload: Uint8Array): void;
}

/** How a write to a device ended. Only `confirmed` means that the device said yes. */
export type WriteOutcome = 'confirmed' | 'refused' | 'unknown' | 'expired' | 'dropped';

/** One line of the audit of writes; every write that reaches a driver yields exactly one. */
export interface WriteAudit {
  /** Who made it: the module itself, the host in place of one that is down, or a client of a server of the gateway, for the module. */
  readonly origin: 'module' | 'fail-safe' | 'client';
  readonly module: string;
  /** Address and port of the client, if it was one. */
  readonly client?: string;
  readonly device: string;
  /** Address text such as `coil:1` or `holding:4-7`. */
  readonly address: string;
  readonly values: readonly number[];
  /** Of a write that changes bits: the register becomes (register and `and`) or (`or` and not `and`). */
  readonly mask?: { readonly and: number; readonly or: number };
  /** When it was asked for, in milliseconds since 1970. */
  readonly time: number;
  /** From there to the outcome, in milliseconds. */
  readonly tookMs: number;
  /** Whether it left the host at all. */
  readonly sent: boolean;
  readonly outcome: WriteOutcome;
  /** The driver's detail of the answer, 0 when there is none. */
  readonly detail: number;
  /** What a write that went wrong is reported as. */
  readonly code?: ErrorCode;
}

/** What a driver tells the rest of the host besides answers. */
export interface DriverEvents {
  /** Called when the state of a device changes, not for each attempt or request. */
  log(level: 'info' | 'warning', text: string, code?: ErrorCode): void;
  /** A module asked for something that proved to be outside its grant only here; so often since it was told last. */
  denied(module: string, text: string, count: number): void;
  audit(write: WriteAudit): void;
}

/** What speaks to one kind of device. It lives on the main thread and owns its sockets. */
export interface Driver {
  /** Starts to connect. Fails for a configuration that cannot work, never because a device is absent. */
  open(): Promise<void>;
  /** Makes a request that the guard let pass; what it needs of the payload is copied before it returns. */
  request(caller: RequestCaller, payload: Uint8Array): void;
  /** An instance of the module runs with these grants: the host no longer acts in its place. */
  moduleStarted(module: string, grants: DeviceGrants): void;
  /**
   * The instance ended by failure: its reads are cancelled without an answer, its unsent writes dropped, its
   * subscriptions ended, and the time to its fail-safe writes begins. `grants` is for a module that never started.
   */
  moduleDown(module: string, grants?: DeviceGrants): void;
  /**
   * The instance stopped in order: its reads and subscriptions end without an answer, its writes that wait are still made
   * until they expire, and nothing is written in its place.
   */
  moduleStopped(module: string): void;
  /** State, counters and last error by device, as plain JSON values. */
  status(): Record<string, unknown>;
  /** Cancels reads that wait, makes writes that wait and can be made at once, then closes every connection. */
  close(): Promise<void>;
}
