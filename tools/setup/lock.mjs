import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const POLL_MS = 100;
const WAIT_MAX_MS = 15 * 60_000;
const NAMELESS_MS = 5_000; // a holder writes its pid right after taking the lock; without one for longer it died in between

/**
 * Runs `body` while no other process does so for this folder: a second `npm test` waits until the first has installed and built. A
 * lock whose holder is gone is taken over. `onWait(pid)` is called once when there is somebody to wait for.
 */
export async function withLock(folder, onWait, body) {
  mkdirSync(dirname(folder), { recursive: true });
  await take(folder, onWait);
  try {
    return await body();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function take(folder, onWait) {
  let told = false;
  for (const deadline = Date.now() + WAIT_MAX_MS; ; ) {
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
    }
    const holder = readHolder(folder);
    if (holder === 'gone') discard(folder);
    else {
      if (Date.now() > deadline)
        throw new Error(`process ${holder} holds ${folder} for too long; end it, or remove the folder`);
      if (!told && typeof holder === 'number') onWait(holder);
      told ||= typeof holder === 'number';
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** The pid of the holder, `unnamed` (just taken or just given back), or `gone`. */
function readHolder(folder) {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    if (pid > 0) return isAlive(pid) ? pid : 'gone';
  } catch {
    // falls through: no pid in it
  }
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > NAMELESS_MS ? 'gone' : 'unnamed';
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Only one of several waiters succeeds in renaming, so nobody removes a lock that was taken anew. */
function discard(folder) {
  const aside = `${folder}.${process.pid}.${Date.now()}`;
  try {
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
