import { guestWat, MESSAGE_IMPORTS } from './wat.ts';

/** A module that works for so many turns of a loop on each message and method, and for `timerLoops` on each timer event. */
export function workerWat({ loops, timerMs, timerLoops = loops }: WorkerOptions): string {
  const timer = timerMs === undefined ? '' : '(import "timer" "set" (func $set (param i32 i32 i32) (result i32)))';
  const start =
    timerMs === undefined ? '(i32.const 0)' : `(call $set (i32.const 0) (i32.const ${timerMs}) (i32.const ${timerMs}))`;
  return guestWat({
    imports: timer,
    functions: `
      (func $work (param $n i32)
        (loop $more
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br_if $more (i32.gt_s (local.get $n) (i32.const 0)))))`,
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 1)) (then (return ${start})))
      (if (i32.eq (local.get $kind) (i32.const 2)) (then (call $work (i32.const ${loops}))))
      (if (i32.eq (local.get $kind) (i32.const 5)) (then (call $work (i32.const ${loops}))))
      (if (i32.eq (local.get $kind) (i32.const 3)) (then
        (call $work (i32.const ${timerLoops}))
        (return ${timerMs === 0 ? start : '(i32.const 0)'})))
      (i32.const 0)`,
  });
}

export interface WorkerOptions {
  readonly loops: number;
  /** Period of its timer; none if absent. 0: it is set anew on every event, so that the module always has work. */
  readonly timerMs?: number;
  readonly timerLoops?: number;
}

/** A module that traps in the way that `body`, the code of a function, does on each message. */
export const failingWat = (body: string): string =>
  guestWat({
    imports: `${MESSAGE_IMPORTS} (import "log" "abort" (func $abort (param i32 i32 i32 i32 i32 i32) (result i32)))`,
    functions: `(func $fail ${body})`,
    handle: `
      (if (i32.eq (local.get $kind) (i32.const 2)) (then (call $fail)))
      (i32.const 0)`,
  });
