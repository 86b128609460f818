import type { Status } from '../../../host/src/abi/constants.ts';
import type { Driver } from '../../../host/src/drivers/index.ts';

/** One driver with a peer that does as it is told, on a virtual clock. */
export interface DriverSubject {
  readonly driver: Driver;
  /** Requests as modules make them. */
  readonly payloads: { readonly good: Uint8Array; readonly malformed: Uint8Array; readonly unknown: Uint8Array };
  /** How a request is answered that names nothing that there is. */
  readonly statusOfUnknown: Status;
  /** Whether it connects before anybody asks, and so knows by itself that its peer is away. */
  readonly connectsUnasked: boolean;
  /** Longest time that an answer to a request that was sent may take, in milliseconds. */
  readonly deadlineMs: number;
  /** What the driver has logged. */
  readonly logs: readonly string[];
  /** Timers and connections that are still open. */
  readonly open: number;
  /** Lets time pass and everything happen that follows. */
  pass(ms: number): Promise<void>;
  /** The peer answers what it was asked. */
  answer(): void;
  /** The peer is gone, and refuses those who call until it is back. */
  leave(): void;
  comeBack(): void;
}
