import { compileWat, guestWat } from './wat.ts';

/**
 * A module that reports, for every message, where it came from and its body, which must be JSON:
 * `{ "from": "device/module/output", "body": ... }`.
 */
export function listenerWasm(input = 'in'): Uint8Array<ArrayBuffer> {
  return compileWat(
    guestWat({
      imports: `
        (import "message" "input" (func $input (param i32 i32) (result i32)))
        (import "message" "source" (func $source (param i32 i32 i32) (result i32)))
        (import "twin" "report" (func $report (param i32 i32) (result i32)))`,
      data: `(data (i32.const 0) "${input}") (data (i32.const 64) "{\\22from\\22:\\22") (data (i32.const 600) "\\22,\\22body\\22:")`,
      functions: `
      (func $hear (param $frame i32) (result i32)
        (local $at i32)
        (local.set $at (i32.add (i32.const 73)
          (call $source (i32.load offset=28 (local.get $frame)) (i32.const 73) (i32.const 500))))
        (memory.copy (local.get $at) (i32.const 600) (i32.const 9))
        (local.set $at (i32.add (local.get $at) (i32.const 9)))
        (memory.copy (local.get $at)
          (i32.add (i32.add (local.get $frame) (i32.const 56))
            (i32.and (i32.add (i32.load offset=48 (local.get $frame)) (i32.const 7)) (i32.const -8)))
          (i32.load offset=52 (local.get $frame)))
        (local.set $at (i32.add (local.get $at) (i32.load offset=52 (local.get $frame))))
        (i32.store8 (local.get $at) (i32.const 125))
        (call $report (i32.const 64) (i32.sub (i32.add (local.get $at) (i32.const 1)) (i32.const 64))))`,
      handle: `
        (if (i32.eq (local.get $kind) (i32.const 1)) (then
          (return (i32.shr_s (call $input (i32.const 0) (i32.const ${input.length})) (i32.const 31)))))
        (if (i32.ne (local.get $kind) (i32.const 2)) (then (return (i32.const 0))))
        (call $hear (local.get $frame))`,
    }),
  );
}
