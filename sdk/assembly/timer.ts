import { TimerEvent } from './events/timer';
import * as host from './imports/timer';

/**
 * A timer of the module [ABI-4.7]. Ids are the module's own choice, 0 to 63; a deployment allows 16 timers unless it says
 * otherwise. Timers do not survive the instance.
 *
 * Both ways to start it return a `Status`: `Ok`, or `Limit` if the module uses more timers than it may. A timer that runs
 * is restarted.
 *
 * ```ts
 * import { Module, Start, Timer, TimerEvent, log } from '@gatehouse/sdk';
 *
 * class Tick extends Module {
 *   private readonly second: Timer = new Timer(0);
 *
 *   onStart(start: Start): void {
 *     this.second.every(1000);
 *   }
 *
 *   onTimer(timer: TimerEvent): void {
 *     if (!this.second.is(timer)) return;
 *     log.info(`tick, ${timer.missed} missed`);
 *     if (timer.missed > 10) this.second.clear();
 *     if (timer.missed > 20) this.second.once(60000);
 *   }
 * }
 * ```
 */
export class Timer {
  /** A timer of that id, 0 to 63; it does not run yet. */
  constructor(readonly id: i32) {}

  /** Starts it: first after `delayMs` (one period unless given), then every `periodMs`. Milliseconds, at least 1. */
  every(periodMs: i32, delayMs: i32 = periodMs): i32 {
    return host.set(this.id, delayMs, periodMs);
  }

  /** Starts it for one event after `delayMs`. */
  once(delayMs: i32): i32 {
    return host.set(this.id, delayMs, 0);
  }

  /** Stops it. `NotFound` if it did not run. */
  clear(): i32 {
    return host.clear(this.id);
  }

  /** Whether the event is of this timer. */
  is(event: TimerEvent): bool {
    return event.timer == <u32>this.id;
  }
}
