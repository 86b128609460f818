import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, which holds `sdk` and `node_modules`. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[\\/]$/, '');

const SDK = join(REPOSITORY, 'sdk');

/**
 * SHA-256 over everything that decides what a compilation yields: the files given (folders with all they contain), the
 * SDK, the compiler's version and any further text such as options. Paths count relative to the repository.
 */
export function sourceHash(paths: readonly string[], ...more: readonly string[]): string {
  const hash = createHash('sha256');
  const sdk = [join(SDK, 'assembly'), join(SDK, 'index.ts'), join(SDK, 'entry.ts'), join(SDK, 'asconfig.json')];
  for (const file of [...paths, ...sdk].flatMap((path) => filesOf(resolve(path)))) {
    const content = readFileSync(file);
    hash.update(`${relative(REPOSITORY, file).split(sep).join('/')}\0${content.byteLength}\0`).update(content);
  }
  for (const text of [compilerVersion(), ...more]) hash.update(`${text}\0`);
  return hash.digest('hex');
}

/** The path itself if it is a file, else all files below it in a fixed order; build results do not count. */
function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readFolder(path);
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry !== 'build' && entry !== 'node_modules')
    .sort()
    .flatMap((entry) => filesOf(join(path, entry)));
}

function readFolder(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function compilerVersion(): string {
  const file = join(REPOSITORY, 'node_modules', 'assemblyscript', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
