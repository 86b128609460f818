// Writes the module that binaryen instantiates when it is loaded to the file that is named; `binaryen-module.ts` runs this in a process
// of its own, because the module takes its memory at once.
import { renameSync, writeFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = (bytes, imports) => {
  writeFileSync(`${file}.${process.pid}`, bytes);
  renameSync(`${file}.${process.pid}`, file);
  return instantiate(bytes, imports);
};
await import('binaryen');
