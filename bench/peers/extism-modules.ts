import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compileWat } from '../../test/lib/wat.ts';

const FOLDER = fileURLToPath(new URL('./', import.meta.url));
const COMPILER = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');

/** The echo of `assembly/echo.ts`, with Extism's development kit for AssemblyScript and the settings that it documents. */
export async function compileEcho(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  try {
    const outFile = join(folder, 'echo.wasm');
    const options = ['-O3', '--use', 'abort=assembly/echo/stop', '--outFile', outFile];
    await promisify(execFile)(process.execPath, [COMPILER, 'assembly/echo.ts', ...options], { cwd: FOLDER });
    return await readFile(outFile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same written by hand, as fast as Extism's functions allow: copies the input in and a new block out, word by word. */
export function assembleEcho(): Uint8Array {
  return compileWat(ECHO);
}

const ECHO = `(module
  (import "extism:host/env" "input_length" (func $inputLength (result i64)))
  (import "extism:host/env" "input_load_u64" (func $inputLoad (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (memory (export "memory") 1)
  (func (export "echo") (result i32)
    (local $length i64) (local $at i64) (local $block i64)
    (local.set $length (call $inputLength))
    (loop $in
      (i64.store (i32.wrap_i64 (local.get $at)) (call $inputLoad (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 8)))
      (br_if $in (i64.lt_u (local.get $at) (local.get $length))))
    (local.set $block (call $alloc (local.get $length)))
    (local.set $at (i64.const 0))
    (loop $out
      (call $store (i64.add (local.get $block) (local.get $at)) (i64.load (i32.wrap_i64 (local.get $at))))
      (local.set $at (i64.add (local.get $at) (i64.const 8)))
      (br_if $out (i64.lt_u (local.get $at) (local.get $length))))
    (call $output (local.get $block) (local.get $length))
    (i32.const 0)))`;
