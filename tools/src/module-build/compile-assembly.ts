import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { AssemblyTarget } from './assembly-compiler.ts';
import { sourceHash } from './assembly-source.ts';
import { compileAtomically } from './compile-atomically.ts';
import { refuseIllegalImports } from './legal-imports.ts';
import { removeStale } from './remove-stale.ts';

export interface AssemblyOptions {
  /** `release` unless given. */
  readonly target?: AssemblyTarget;
  /** Further options of asc. */
  readonly options?: readonly string[];
  /** Whether imports outside the ABI are allowed, for experiments; not unless given. */
  readonly anyImports?: boolean;
}

/**
 * Compiles an AssemblyScript entry file with the settings of the SDK and returns the wasm bytes. The result is kept in
 * `build` beside the entry and used again while the entry, what it imports, the SDK, the compiler and the options are the
 * same. Throws `CompilerError`.
 */
export async function compileAssembly(entry: string, settings: AssemblyOptions = {}): Promise<Uint8Array> {
  return readFileSync(await compileAssemblyFile(entry, settings));
}

/** As `compileAssembly`, but returns the path of the wasm file; the source map of a debug build lies beside it. */
export async function compileAssemblyFile(entry: string, settings: AssemblyOptions = {}): Promise<string> {
  const { target = 'release', options = [], anyImports = false } = settings;
  const folder = dirname(resolve(entry));
  const name = basename(entry, '.ts');
  const key = sourceHash(entry, target, ...options).slice(0, 16);
  const file = join(folder, 'build', `${name}-${key}.${target}.wasm`);
  if (!existsSync(file)) {
    await compileAtomically(file, resolve(entry), target, options);
    removeStale(dirname(file), `${name}-`);
  }
  if (!anyImports) refuseIllegalImports(entry, readFileSync(file));
  return file;
}
