import { setFlagsFromString } from 'node:v8';
import { prepareModule } from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { compileWat } from '../../../lib/wat.ts';

const test = suite('the counted stack', { timeoutMs: 60_000 });

/** Twice what a module gets unless told, on the smallest stack that there is: that of the main thread. */
const STACK_BYTES = 524_288;
const OUT_OF_STACK = 2;

const each = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

/** A function that calculates the same before and behind a call, so that the compiler keeps the results meanwhile. */
function keptOverCalls(type: 'i32' | 'i64' | 'f64', count: number): string {
  const store = `(${type}.store (i32.const 0) (${type}.mul (local.get 0)`;
  const stores = each(count, (index) => `${store} (${type}.const ${2 * index + 3})))`);
  return `(memory 1) (func (export "run") (call $f (${type}.const 7)))
    (func $f (param ${type}) ${stores} (call $f (${type}.add (local.get 0) (${type}.const 1))) ${stores})`;
}

/** Functions that call themselves for ever with large frames of different making. */
function shapes(type: 'i32' | 'i64' | 'f64', count: number): Record<string, string> {
  const constants = each(count, (index) => `(${type}.const ${index})`);
  const types = each(count, () => type);
  return {
    locals: `(func $f (export "run") (local ${types})
      ${each(count, (index) => `(local.set ${index} (${type}.const ${index}))`)} (call $f)
      ${each(count, (index) => `(drop (local.get ${index}))`)})`,
    operands: `(global $g (mut ${type}) (${type}.const 1)) (func (export "run") (drop (call $f)))
      (func $f (result ${type}) ${each(count, () => '(global.get $g)')} (call $f) ${each(count, () => `${type}.add`)})`,
    parameters: `(func (export "run") (drop (call $f ${constants}))) (func $f (param ${types}) (result ${type})
      (local.set 0 (call $f ${each(count, (index) => `(local.get ${(index * 7 + 1) % count})`)}))
      ${each(count, (index) => `(local.get ${index})`)} ${each(count - 1, () => `${type}.add`)})`,
    kept: keptOverCalls(type, count),
    results: `(func (export "run") (call $f) ${each(count, () => 'drop')})
      (func $f (result ${types}) (call $f))`,
  };
}

test('ends before that of the engine does, however frames are made, with either compiler of the engine', () => {
  const limits = {
    moduleBytes: 2 ** 20,
    memoryBytes: 65_536,
    tableEntries: 0,
    fuelPerCall: 2 ** 30,
    stackBytes: STACK_BYTES,
  };
  for (const type of ['i32', 'i64', 'f64'] as const)
    for (const count of [2, 40, 600])
      for (const [made, text] of Object.entries(shapes(type, count))) {
        const { bytes, meter } = prepareModule(compileWat(`(module ${text})`), limits);
        for (const compiler of ['--liftoff', '--no-liftoff']) {
          setFlagsFromString(compiler);
          const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
          assert.throws(exports['run'] as () => void, WebAssembly.RuntimeError, `${count} ${made} of ${type}`);
          assert.equal((exports[meter.stopReason] as () => number)(), OUT_OF_STACK, `${count} ${made} of ${type}`);
        }
      }
});

test.run();
