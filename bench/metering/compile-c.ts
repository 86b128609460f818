import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('c/', import.meta.url));
const BUILD = `${FOLDER}build/`;
const OPTIONS = ['--target=wasm32', '-O2', '-nostdlib', '-mbulk-memory', '-Wall', '-Werror', '-Wl,--no-entry'];

/**
 * Compiles a file of `c/` and returns the wasm bytes; what was compiled once is kept. It needs clang and its linker, which Debian
 * has as `clang` and `lld`.
 */
export function compileC(source: string): Uint8Array {
  const hash = createHash('sha256').update(JSON.stringify(OPTIONS));
  for (const file of ['kernel.h', `${source}.c`]) hash.update(readFileSync(FOLDER + file));
  const wasm = `${BUILD}${source}-${hash.digest('hex').slice(0, 16)}.wasm`;
  if (!existsSync(wasm)) {
    mkdirSync(BUILD, { recursive: true });
    const unfinished = `${wasm}.${process.pid}`;
    runClang([...OPTIONS, '-o', unfinished, `${FOLDER}${source}.c`]);
    renameSync(unfinished, wasm);
  }
  return readFileSync(wasm);
}

function runClang(args: readonly string[]): void {
  try {
    execFileSync('clang', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('the kernels in C need clang and its linker (apt-get install clang lld)', { cause: error });
  }
}
