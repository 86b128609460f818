import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type AssemblyTarget, compile } from './assembly-compiler.ts';

/**
 * Compiles in a folder of its own and moves the results in place, because other processes may do the same at this
 * moment. The source map of a debug build comes first, so that whoever sees the wasm file finds the map too. `finish` checks
 * or completes the bytes before anyone sees them.
 */
export async function compileAtomically(
  file: string,
  entry: string,
  target: AssemblyTarget,
  options: readonly string[] = [],
  finish: (wasm: Uint8Array) => Uint8Array = (wasm) => wasm,
): Promise<void> {
  const temporary = join(dirname(file), randomUUID());
  mkdirSync(temporary, { recursive: true });
  try {
    const outFile = join(temporary, basename(file));
    await compile({ entry, target, outFile, options });
    if (target === 'debug') renameSync(`${outFile}.map`, `${file}.map`);
    writeFileSync(outFile, finish(readFileSync(outFile)));
    renameSync(outFile, file);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
