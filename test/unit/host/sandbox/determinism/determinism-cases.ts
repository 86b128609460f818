import { KERNELS } from '../../../../../bench/metering/kernels.ts';
import { inspectModule } from '../../../../../host/src/sandbox/index.ts';
import { randomModule } from '../../../../fuzz/rewrite/random-module.ts';
import { FuzzTranslator } from '../../../../fuzz/rewrite/translate-to-fuzz.ts';
import { randomOf } from '../../../../fuzz/wasm-mutations.ts';
import { compileWat } from '../../../../lib/wat.ts';
import type { DeterminismCase } from './determinism-case.ts';

/** The case that is different everywhere unless it is rewritten. */
export const NAN_CASE = 'branches on NaNs';
const NESTED = 16;
const TRANSLATED = 3;

/** Branches on bits that differ between compilers and processors: of the NaN of 0/0, made in several ways. */
const NAN_BRANCHES = `(module
  (memory (export "memory") 1)
  (func $zero (result f64) (f64.load (i32.const 64)))
  (func (export "scalar") (param $a f64) (param $b f64) (result i64 i32)
    (local $nan f64)
    (local.set $nan (f64.div (f64.const 0) (call $zero)))
    (f64.store (i32.const 0) (f64.sub (local.get $nan) (local.get $a)))
    (f32.store (i32.const 8) (f32.demote_f64 (f64.mul (local.get $b) (local.get $nan))))
    (i64.reinterpret_f64 (local.get $nan))
    (if (result i32) (i64.lt_s (i64.reinterpret_f64 (f64.sqrt (f64.const -1))) (i64.const 0))
      (then (i32.const 1)) (else (i32.const 2))))
  (func (export "sign") (result f64)
    (f64.copysign (f64.const 1) (f64.div (f64.const 0) (call $zero))))
  (func (export "constant") (result i64) (i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0))))
  (func (export "vector") (param $v v128) (result v128 i32)
    (v128.store (i32.const 16) (f32x4.div (local.get $v) (f32x4.splat (f32.const 0))))
    (f64x2.sqrt (f64x2.splat (f64.neg (f64.add (call $zero) (f64.const 1)))))
    (i32x4.bitmask (f32x4.mul (f32x4.sub (local.get $v) (local.get $v)) (v128.const f32x4 inf inf inf inf)))))`;

/** Calls itself, also through a table, until it is stopped; the global says how deep that was. */
const RECURSION = `(module
  (global $depth (mut i32) (i32.const 0))
  (table 1 funcref) (elem (i32.const 0) $indirect)
  (type $step (func (param i64 f64) (result f64)))
  (func $direct (export "direct") (param $a i64) (param $b f64) (result f64)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (f64.add (local.get $b) (call $direct (local.get $a) (local.get $b))))
  (func $indirect (export "indirect") (param $a i64) (param $b f64) (result f64)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (f64.add (local.get $b)
      (call_indirect (type $step) (local.get $a) (call $indirect (local.get $a) (local.get $b)) (i32.const 0)))))`;

const RUN = { field: 'run', args: ['i32:1'] };
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** NaNs, the kernels of the bench, and random modules of fixed seeds. */
export async function determinismCases(): Promise<DeterminismCase[]> {
  const cases: DeterminismCase[] = [
    { name: NAN_CASE, wasm: base64(compileWat(NAN_BRANCHES)), seed: 1, showsPlain: true },
    { name: 'recursion', wasm: base64(compileWat(RECURSION)), seed: 1 },
  ];
  for (const { name, compile } of KERNELS) {
    const wasm = await compile();
    const isInitialised = inspectModule(wasm).exports.some((fact) => fact.name === '_initialize');
    const calls = [...(isInitialised ? ['_initialize'] : []).map((field) => ({ field, args: [] })), RUN];
    cases.push({ name, wasm: base64(wasm), calls, seed: 0 });
  }
  for (let seed = 1; seed <= NESTED; seed++) {
    cases.push({ name: `nested ${seed}`, wasm: base64(randomModule(seed)), seed });
  }
  const translator = new FuzzTranslator();
  for (let seed = 1; seed <= TRANSLATED; seed++) {
    const random = randomOf(seed);
    const bytes = Uint8Array.from({ length: 500 + random(8_000) }, () => random(256));
    cases.push({ name: `translated ${seed}`, wasm: base64(await translator.translate(bytes)), seed });
  }
  translator.close();
  return cases;
}
