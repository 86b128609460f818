import { relative, sep } from 'node:path';
import { runAsc } from './asc.ts';
import { REPOSITORY } from './assembly-source.ts';

/** `release`: small, without names. `debug`: unoptimised, with names, and a source map beside the file. */
export type AssemblyTarget = 'release' | 'debug';

export interface Compilation {
  /** The entry file, below the repository. */
  readonly entry: string;
  readonly target: AssemblyTarget;
  /** The file to write, below the repository. */
  readonly outFile: string;
  /** Further options of asc. */
  readonly options?: readonly string[];
}

/** The compiler said no; the message is what it printed, with file, line and column. */
export class CompilerError extends Error {
  override readonly name = 'CompilerError';
}

/** Compiles with asc and the settings of the SDK. Throws `CompilerError`. */
export async function compile({ entry, target, outFile, options = [] }: Compilation): Promise<void> {
  const settings = ['--config', 'asconfig.json', '--target', target];
  const { output, problem } = await runAsc([insideOf(entry), ...settings, '--outFile', insideOf(outFile), ...options]);
  if (problem !== undefined) {
    throw new CompilerError(`${insideOf(entry)} does not compile:\n${output === '' ? problem : output}`);
  }
}

/** asc resolves packages and names sources relative to its base folder. */
function insideOf(path: string): string {
  return relative(REPOSITORY, path).split(sep).join('/');
}
