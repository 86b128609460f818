import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileTexts } from './wat-compiler.ts';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/gatehouse-wat/', import.meta.url));

/** Compiles a module in WebAssembly text form, with the features that the host accepts. What was compiled once is kept. */
export function compileWat(text: string): Uint8Array<ArrayBuffer> {
  return compileWats([text])[0] as Uint8Array<ArrayBuffer>;
}

/** The same for many modules, which takes less time than one after the other. */
export function compileWats(texts: readonly string[]): Uint8Array<ArrayBuffer>[] {
  const missing = [...new Set(texts)].filter((text) => !existsSync(cacheFile(text)));
  if (missing.length > 0) compileMissing(missing);
  return texts.map((text) => Uint8Array.from(readFileSync(cacheFile(text))));
}

function compileMissing(texts: readonly string[]): void {
  mkdirSync(CACHE, { recursive: true });
  for (const [index, wasm] of compileTexts(texts).entries()) {
    const file = cacheFile(texts[index]!);
    writeFileSync(`${file}.${process.pid}`, wasm);
    renameSync(`${file}.${process.pid}`, file);
  }
}

const cacheFile = (text: string): string => `${CACHE}${createHash('sha256').update(text).digest('hex')}.wasm`;

/**
 * A module of the ABI around one handler. `handle` is the body of `gatehouse_handle` with the locals `$frame`, `$length`
 * and `$kind`; it must leave an i32. The inbox is a bump allocation behind the first 4,096 bytes, which are free for
 * `data`. `imports` and `functions` are added as they are.
 */
export function guestWat(options: {
  handle: string;
  imports?: string;
  functions?: string;
  data?: string;
  pages?: number;
}): string {
  const { handle, imports = '', functions = '', data = '', pages = 2 } = options;
  return `(module
    ${imports}
    (memory (export "memory") ${pages})
    ${data}
    (global $top (mut i32) (i32.const 4096))
    (func (export "gatehouse_abi_version") (result i32) (i32.const 1))
    (func (export "gatehouse_alloc") (param $bytes i32) (result i32)
      (local $at i32)
      (local.set $at (global.get $top))
      (global.set $top (i32.add (global.get $top) (i32.and (i32.add (local.get $bytes) (i32.const 7)) (i32.const -8))))
      (local.get $at))
    ${functions}
    (func (export "gatehouse_handle") (param $frame i32) (param $length i32) (result i32)
      (local $kind i32)
      (local.set $kind (i32.load16_u (local.get $frame)))
      ${handle}))`;
}

/** Imports of `message.output` and `message.emit` in text form. */
export const MESSAGE_IMPORTS = `
  (import "message" "output" (func $output (param i32 i32) (result i32)))
  (import "message" "emit" (func $emit (param i32 i32 i32 i32 i32 i32) (result i32)))`;

/** A handler that emits every message it gets, body and properties, on output 0, called `out`. */
export const FORWARD_HANDLE = `
  (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (call $output (i32.const 0) (i32.const 3)))))
  (if (i32.ne (local.get $kind) (i32.const 2)) (then (return (i32.const 0))))
  (call $emit (i32.const 0)
    (i32.load8_u offset=2 (local.get $frame))
    (i32.add (local.get $frame) (i32.const 56)) (i32.load offset=48 (local.get $frame))
    (i32.add (i32.add (local.get $frame) (i32.const 56))
      (i32.and (i32.add (i32.load offset=48 (local.get $frame)) (i32.const 7)) (i32.const -8)))
    (i32.load offset=52 (local.get $frame)))`;

export const FORWARD_WAT = guestWat({
  imports: MESSAGE_IMPORTS,
  data: '(data (i32.const 0) "out")',
  handle: FORWARD_HANDLE,
});
