import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compileWat } from '../../test/lib/wat.ts';
import type { Rates } from '../lib/bench.ts';
import { end } from '../lib/pump-host.ts';

const PROGRAM = fileURLToPath(new URL('extism-main.mjs', import.meta.url));

/** Copies the input into the module's memory and a new output block out of it, word by word, as Extism's development kits do. */
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

/**
 * A module behind Extism that returns its input, in the thread of the caller or in Extism's worker. It has a process of its own, because
 * that worker does not load under the loader of TypeScript that this process has.
 */
export class ExtismCall {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async open(bodyBytes: number, runInWorker: boolean): Promise<ExtismCall> {
    const child = fork(PROGRAM, [], { execArgv: ['--disable-warning=ExperimentalWarning'], serialization: 'advanced' });
    const extism = new ExtismCall(child);
    await extism.#ask({ wasm: compileWat(ECHO), bodyBytes, runInWorker });
    return extism;
  }

  /** Calls of a second, over some time. */
  run(ms: number): Promise<Rates> {
    return this.#ask({ ms });
  }

  close(): Promise<void> {
    return end(this.#child);
  }

  async #ask(question: Readonly<Record<string, unknown>>): Promise<Rates> {
    const ended = once(this.#child, 'exit').then(() => {
      throw new Error('the process with Extism ended');
    });
    const answer = once(this.#child, 'message');
    this.#child.send(question);
    const [rates] = (await Promise.race([answer, ended])) as [Rates];
    return rates;
  }
}
