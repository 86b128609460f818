// The thread that compiles modules in WebAssembly text form. Plain JavaScript, because binaryen takes seconds to load through a
// TypeScript loader. It gets lists of texts through `port` and answers each with the modules, or with why there are none; then
// it wakes whoever waits at `signal`.
import { workerData } from 'node:worker_threads';
import binaryen from 'binaryen';

const { Features } = binaryen;
const FEATURES =
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.MutableGlobals |
  Features.NontrappingFPToInt |
  Features.SignExt |
  Features.SIMD128 |
  Features.ReferenceTypes |
  Features.Multivalue;

const { port, signal } = workerData;

port.on('message', (texts) => {
  try {
    port.postMessage({ modules: texts.map(compile) });
  } catch (error) {
    port.postMessage({ problem: String(error) });
  }
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
});

function compile(text) {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(FEATURES);
    if (module.validate() !== 1) throw new Error(`the module is not valid: ${text.slice(0, 2_000)}`);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
