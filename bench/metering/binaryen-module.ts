import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/gatehouse-bench/', import.meta.url));
const FILE = `${FOLDER}binaryen.wasm`;
const PROGRAM = fileURLToPath(new URL('save-binaryen.mjs', import.meta.url));

/** A large module that a compiler made of real software: binaryen's own, of nearly 9 MB, which it carries inside its script. */
export function binaryenModule(): Uint8Array {
  if (!existsSync(FILE)) {
    mkdirSync(FOLDER, { recursive: true });
    execFileSync(process.execPath, [PROGRAM, FILE], { stdio: ['ignore', 'inherit', 'inherit'] });
  }
  return readFileSync(FILE);
}
