import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWork } from './child.mjs';
import { install, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { isUpToDate, runStep } from './stamp.mjs';
import { STEPS } from './steps.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes a checkout ready to work - dependencies, host, modules - and then becomes `work.file` with the given arguments. What is up to
 * date is left alone and says nothing. Without a file it only sets up; then `--force` builds everything anew.
 */
export async function setUpAndRun(work, args) {
  const isForced = work.file === undefined && args.includes('--force');
  // Help is read by people who do not want to wait for a build.
  const steps = args.includes('--help') ? [] : STEPS;
  await setUp(ROOT, steps, isForced);
  if (work.file === undefined) return;
  if (!existsSync(join(ROOT, work.file))) throw new Error(`${work.file} does not exist: is this a complete checkout?`);
  process.exitCode = await runWork(ROOT, ['--conditions=source', '--import', 'tsx', work.file, ...args]);
}

async function setUp(root, steps, isForced) {
  const isReady = () => isInstalled(root) && steps.every((step) => isUpToDate(root, step));
  if (!isForced && isReady()) return;
  const onWait = (pid) => say(`waiting for process ${pid}, which is setting up the same folder`);
  await withLock(join(root, '.cache/setup/lock'), onWait, async () => {
    if (!isInstalled(root)) await timed('installing dependencies (npm ci)', () => install(root));
    for (const step of steps) {
      if (isForced || !isUpToDate(root, step)) await timed(step.title, () => runStep(root, step));
    }
  });
}

async function timed(title, body) {
  const started = performance.now();
  say(`${title} ...`);
  await body();
  say(`${title}: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function say(text) {
  process.stderr.write(`gatehouse: ${text}\n`);
}
