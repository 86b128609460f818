// ╒══════╤══════╤══════╤═══════════╤════════════════╤════════════════╕
// │ kind │ flags│ hops │ length    │ time           │ monotonic      │
// │ u16  │ u8   │ u8   │ u32       │ f64            │ f64            │
// └──────┴──────┴──────┴───────────┴────────────────┴────────────────┘
//  0      2      3      4           8                16               24

/**
 * What every event begins with [ABI-5.1]. Events are views of the inbox: they cost nothing to make, and must not be kept
 * beyond the handler they were given to, because the next event overwrites them.
 *
 * ```ts
 * import { clock, Event } from '@gatehouse/sdk';
 *
 * export function ageMs(event: Event, emitted: f64): f64 {
 *   assert(event.time == clock.time());
 *   return event.time - emitted;
 * }
 * ```
 */
@unmanaged
export class Event {
  readonly kind: u16;
  readonly flags: u8;
  /** Modules a message went through since it entered the gateway; 0 for other events. */
  readonly hops: u8;
  /** Length of the frame in bytes. */
  readonly length: u32;
  /** Milliseconds since 1970-01-01T00:00:00Z at delivery. */
  readonly time: f64;
  /** Milliseconds of a clock that never steps back, at delivery. */
  readonly monotonic: f64;
}

/** Rounds up to a multiple of 8, as the parts of frames are. */
export function align8(bytes: usize): usize {
  return (bytes + 7) & ~7;
}
