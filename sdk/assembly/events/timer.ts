import { Event } from './event';

// ╒═══════════╤════════════╕
// │ timer u32 │ missed u32 │
// └───────────┴────────────┘
//  24          28           32

/** A timer that is due [ABI-5.5]; see `Timer`. */
@unmanaged
export class TimerEvent extends Event {
  /** Id of the timer; compare with `Timer.is`. */
  readonly timer: u32;
  /** Whole periods that passed without an event since the last one. */
  readonly missed: u32;
}
