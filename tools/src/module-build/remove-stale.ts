import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const STALE_MS = 24 * 60 * 60 * 1000;

/** Removes files of a folder whose names begin with `prefix` and that nobody wrote for a day: what older sources left in a cache. */
export function removeStale(folder: string, prefix: string): void {
  for (const file of readdirSync(folder).filter((name) => name.startsWith(prefix))) {
    const path = join(folder, file);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() && Date.now() - stat.mtimeMs > STALE_MS) rmSync(path, { force: true });
  }
}
