import { spawn } from 'node:child_process';
import { join, relative, sep } from 'node:path';
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

/** Compilations at the same time; each needs about 250 MB. */
const AT_ONCE = 2;

let running = 0;
const waiting: (() => void)[] = [];

/** Compiles with asc and the settings of the SDK, in a process of its own. Throws `CompilerError`. */
export async function compile(compilation: Compilation): Promise<void> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    await runCompiler(compilation);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

function runCompiler({ entry, target, outFile, options = [] }: Compilation): Promise<void> {
  const asc = join(REPOSITORY, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
  const config = ['--config', 'asconfig.json', '--target', target, '--noColors'];
  const args = [asc, insideOf(entry), ...config, '--outFile', insideOf(outFile), ...options];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new CompilerError(`${insideOf(entry)} does not compile:\n${output.trim()}`));
    });
  });
}

/** asc resolves packages and names sources relative to the folder it runs in. */
function insideOf(path: string): string {
  return relative(REPOSITORY, path).split(sep).join('/');
}
