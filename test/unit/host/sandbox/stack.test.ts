import { prepareModule } from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { compileWat } from '../../../lib/wat.ts';

const test = suite('the counted stack', { timeoutMs: 60_000 });

/** Twice what a module gets unless told, on the smallest stack that there is: that of the main thread. */
const STACK_BYTES = 524_288;
const OUT_OF_STACK = 2;

const each = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

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
    results: `(func (export "run") (call $f) ${each(count, () => 'drop')})
      (func $f (result ${types}) (call $f))`,
  };
}

test('ends before that of the engine does, however frames are made', () => {
  const limits = {
    moduleBytes: 2 ** 20,
    memoryBytes: 0,
    tableEntries: 0,
    fuelPerCall: 2 ** 30,
    stackBytes: STACK_BYTES,
  };
  for (const type of ['i32', 'i64', 'f64'] as const)
    for (const count of [2, 40, 600])
      for (const [made, text] of Object.entries(shapes(type, count))) {
        const { bytes, meter } = prepareModule(compileWat(`(module ${text})`), limits);
        const compiled = new WebAssembly.Module(bytes);
        // Often enough for both compilers of the engine to have had it.
        for (let time = 0; time < 20; time++) {
          const { exports } = new WebAssembly.Instance(compiled);
          assert.throws(exports['run'] as () => void, WebAssembly.RuntimeError, `${count} ${made} of ${type}`);
          assert.equal((exports[meter.stopReason] as () => number)(), OUT_OF_STACK, `${count} ${made} of ${type}`);
        }
      }
});

test.run();
