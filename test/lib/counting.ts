import { compileWat, guestWat, MESSAGE_IMPORTS } from './wat.ts';

const TIMER_IMPORT = '(import "timer" "set" (func $set (param i32 i32 i32) (result i32)))';

/**
 * A module that emits the numbers from 0 to `total` on its output `out`, as i32 and `bytes` long: each millisecond as many as
 * find room, at most `perTick`. What was refused is sent again.
 */
export function senderWasm(total: number, perTick = 200, bytes = 4): Uint8Array<ArrayBuffer> {
  return compileWat(
    guestWat({
      imports: `${MESSAGE_IMPORTS} ${TIMER_IMPORT}`,
      data: '(data (i32.const 0) "out")',
      functions: `
        (func $send (result i32)
          (local $left i32)
          (local.set $left (i32.const ${perTick}))
          (block $done (loop $next
            (br_if $done (i32.eqz (local.get $left)))
            (br_if $done (i32.ge_u (i32.load (i32.const 64)) (i32.const ${total})))
            (br_if $done (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64) (i32.const ${bytes})))
            (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br $next)))
          (i32.const 0))`,
      handle: `
        (if (i32.eq (local.get $kind) (i32.const 1)) (then
          (drop (call $output (i32.const 0) (i32.const 3)))
          (return (call $set (i32.const 0) (i32.const 1) (i32.const 1)))))
        (if (i32.ne (local.get $kind) (i32.const 3)) (then (return (i32.const 0))))
        (call $send)`,
    }),
  );
}

/**
 * A module that counts the messages on its input `in` and how many of them do not carry the number behind that of the one
 * before. It answers every direct method with `[messages, gaps]`. `work` rounds of a loop make it slow.
 */
export function counterWasm(work = 0): Uint8Array<ArrayBuffer> {
  return compileWat(
    guestWat({
      imports: `
        (import "message" "input" (func $input (param i32 i32) (result i32)))
        (import "method" "respond" (func $respond (param i32 i32 i32 i32) (result i32)))`,
      data: '(data (i32.const 0) "in")',
      functions: `
        (func $digits (param $n i32) (param $end i32) (result i32)
          (loop $next
            (local.set $end (i32.sub (local.get $end) (i32.const 1)))
            (i32.store8 (local.get $end) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
            (local.set $n (i32.div_u (local.get $n) (i32.const 10)))
            (br_if $next (local.get $n)))
          (local.get $end))
        (func $before (param $end i32) (param $character i32) (result i32)
          (i32.store8 (i32.sub (local.get $end) (i32.const 1)) (local.get $character))
          (i32.sub (local.get $end) (i32.const 1)))
        (func $answer (param $call i32) (result i32)
          (local $at i32)
          (local.set $at (call $before (i32.const 900) (i32.const 93)))
          (local.set $at (call $digits (i32.load (i32.const 72)) (local.get $at)))
          (local.set $at (call $before (local.get $at) (i32.const 44)))
          (local.set $at (call $digits (i32.load (i32.const 64)) (local.get $at)))
          (local.set $at (call $before (local.get $at) (i32.const 91)))
          (call $respond (local.get $call) (i32.const 200) (local.get $at) (i32.sub (i32.const 900) (local.get $at))))
        (func $count (param $number i32)
          (local $left i32)
          (local.set $left (i32.const ${work}))
          (block $done (loop $next
            (br_if $done (i32.eqz (local.get $left)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br $next)))
          (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
          (if (i32.ne (local.get $number) (i32.load (i32.const 68)))
            (then (i32.store (i32.const 72) (i32.add (i32.load (i32.const 72)) (i32.const 1)))))
          (i32.store (i32.const 68) (i32.add (local.get $number) (i32.const 1))))`,
      handle: `
        (if (i32.eq (local.get $kind) (i32.const 1)) (then
          (return (i32.shr_s (call $input (i32.const 0) (i32.const 2)) (i32.const 31)))))
        (if (i32.eq (local.get $kind) (i32.const 5)) (then (return (call $answer (i32.load offset=24 (local.get $frame))))))
        (if (i32.ne (local.get $kind) (i32.const 2)) (then (return (i32.const 0))))
        (call $count (i32.load (i32.add (i32.add (local.get $frame) (i32.const 56))
          (i32.and (i32.add (i32.load offset=48 (local.get $frame)) (i32.const 7)) (i32.const -8)))))
        (i32.const 0)`,
    }),
  );
}
