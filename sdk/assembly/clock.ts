import { Event } from './events/event';

/** The frame of the event that is being handled; set by `gatehouse_handle`. */
export let currentFrame: usize = 0;

/** Sets the frame whose time `clock` tells. */
export function setCurrentFrame(pointer: usize): void {
  currentFrame = pointer;
}

/**
 * The time of the event at hand [ABI-5.2]. Time stands still during an event, and there is none while the module is
 * being constructed: there both answer 0.
 *
 * ```ts
 * import { clock } from '@gatehouse/sdk';
 *
 * let lastMs: f64 = 0;
 *
 * export function elapsedMs(): f64 {
 *   const before = lastMs;
 *   lastMs = clock.monotonic();
 *   return lastMs - before;
 * }
 * ```
 */
export namespace clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, whole. It may step back when the gateway's clock is set. */
  export function time(): f64 {
    return currentFrame == 0 ? 0 : changetype<Event>(currentFrame).time;
  }

  /** Milliseconds of a clock that never steps back and starts anywhere, whole: for durations. */
  export function monotonic(): f64 {
    return currentFrame == 0 ? 0 : changetype<Event>(currentFrame).monotonic;
  }
}
