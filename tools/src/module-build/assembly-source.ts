import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, which holds `sdk` and `node_modules`. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[\\/]$/, '');

const SDK = join(REPOSITORY, 'sdk');
const TOOL = fileURLToPath(new URL('.', import.meta.url));
const IMPORT = /\b(?:from|import)\s*(['"])(\.[^'"]+)\1/g;

/**
 * SHA-256 over everything that decides what a compilation yields: the entry and all that it imports by relative paths, the
 * SDK, this build, the compiler's version and any further text such as options. Paths count relative to the repository.
 */
export function sourceHash(entry: string, ...more: readonly string[]): string {
  const hash = createHash('sha256');
  const files = new Set<string>();
  for (const root of [resolve(entry), join(SDK, 'index.ts'), join(SDK, 'entry.ts')]) collect(root, files);
  const tool = readdirSync(TOOL)
    .sort()
    .map((file) => join(TOOL, file));
  for (const file of [...files, join(REPOSITORY, 'asconfig.json'), join(SDK, 'asconfig.json'), ...tool]) {
    const content = readFileSync(file);
    hash.update(`${relative(REPOSITORY, file).split(sep).join('/')}\0${content.byteLength}\0`).update(content);
  }
  for (const text of [compilerVersion(), ...more]) hash.update(`${text}\0`);
  return hash.digest('hex');
}

/** Adds a source file and everything it imports by a relative path, found as asc does. */
function collect(file: string, files: Set<string>): void {
  if (files.has(file) || !existsSync(file)) return;
  files.add(file);
  for (const [, , path] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const target = resolve(dirname(file), path!.replace(/\.ts$/, ''));
    collect(existsSync(`${target}.ts`) ? `${target}.ts` : join(target, 'index.ts'), files);
  }
}

function compilerVersion(): string {
  const file = join(REPOSITORY, 'node_modules', 'assemblyscript', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
