// Compiles WebAssembly text from standard input to standard output. A program of its own, and plain JavaScript, because
// binaryen takes seconds to load through a TypeScript loader.
import { readFileSync, writeSync } from 'node:fs';
import binaryen from 'binaryen';

const { Features } = binaryen;
const module = binaryen.parseText(readFileSync(0, 'utf8'));
module.setFeatures(
  Features.BulkMemory |
    Features.BulkMemoryOpt |
    Features.MutableGlobals |
    Features.NontrappingFPToInt |
    Features.SignExt |
    Features.SIMD128 |
    Features.ReferenceTypes |
    Features.Multivalue,
);
if (module.validate() !== 1) throw new Error('the module is not valid');
const bytes = module.emitBinary();
for (let at = 0; at < bytes.byteLength; ) at += writeSync(1, bytes, at);
