import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { IGNORED } from './steps.mjs';

const FOLDER = '.cache/setup';

/** Whether a step has nothing to do. */
export function isUpToDate(root, step) {
  return (
    step.outputs(root).every((path) => existsSync(join(root, path))) && readStamp(root, step) === stampOf(root, step)
  );
}

/**
 * Runs a step and remembers what it was made from. The inputs are looked at before: what changes while it runs makes it
 * run again the next time.
 */
export async function runStep(root, step) {
  const stamp = stampOf(root, step);
  rmSync(stampFile(root, step), { force: true });
  await step.run(root);
  const missing = step.outputs(root).filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`${step.title} did not make ${missing.join(', ')}`);
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(`${stampFile(root, step)}.${process.pid}`, stamp);
  renameSync(`${stampFile(root, step)}.${process.pid}`, stampFile(root, step));
}

function stampOf(root, step) {
  return fingerprint(root, step.inputs, IGNORED);
}

function stampFile(root, step) {
  return join(root, FOLDER, `${step.name}.stamp`);
}

function readStamp(root, step) {
  try {
    return readFileSync(stampFile(root, step), 'utf8');
  } catch {
    return undefined;
  }
}
