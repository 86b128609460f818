// Compiles modules in WebAssembly text form: a JSON list of texts on standard input, on standard output the modules one after the
// other, each behind its length as a 32-bit number. A program of its own, and plain JavaScript, because binaryen takes
// seconds to load through a TypeScript loader.
import { readFileSync, writeSync } from 'node:fs';
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

for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  const module = binaryen.parseText(text);
  module.setFeatures(FEATURES);
  if (module.validate() !== 1) throw new Error(`the module is not valid: ${text.slice(0, 2_000)}`);
  const bytes = module.emitBinary();
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.byteLength, true);
  write(length);
  write(bytes);
  module.dispose();
}

function write(bytes) {
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(1, bytes, at);
}
