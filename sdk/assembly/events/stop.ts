import { Event } from './event';

// ╒════════════╤═════╕
// │ reason u32 │ 0   │
// └────────────┴─────┘
//  24           28    32

/** Why an instance is stopped [ABI-5.9]. */
export const enum StopReason {
  /** The host shuts down. */
  Shutdown = 1,
  /** A new version takes over. */
  Update = 2,
  /** The deployment stops or no longer has the module. */
  Removed = 3,
}

/**
 * The last event of an instance that is stopped in order [ABI-5.9]. It is an ordinary transaction, but answers to requests
 * made in it are not delivered.
 *
 * ```ts
 * import { kv, Module, Stop, StopReason } from '@gatehouse/sdk';
 *
 * class Counter extends Module {
 *   private count: i32 = 0;
 *
 *   onStop(stop: Stop): void {
 *     if (stop.reason != StopReason.Removed) kv.setNumber('count', this.count);
 *   }
 * }
 * ```
 */
@unmanaged
export class Stop extends Event {
  /** One of `StopReason`. */
  readonly reason: u32;
  private readonly reserved: u32;
}
