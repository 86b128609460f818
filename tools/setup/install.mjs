import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './child.mjs';

/**
 * Whether node_modules holds what package-lock.json asks for, compared package by package with the list that npm leaves in
 * node_modules. Times of files would be wrong after a checkout; optional packages (for other platforms) may be absent.
 */
export function isInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined) throw new Error('package-lock.json cannot be read: is this a complete checkout?');
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return ['version', 'resolved', 'integrity', 'link'].every((key) => found[key] === entry[key]);
  });
}

/** Installs exactly what the lock file says, development tools included, and shows npm's output on standard error. */
export async function install(root) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline'];
  const npm = process.env.npm_execpath;
  // Under `npm start` npm says where it is itself; npx and pnpm set the same variable to something that has no `ci`.
  if (npm?.endsWith('npm-cli.js')) await runProgram(root, process.execPath, [npm, ...args]);
  else await runProgram(root, process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
