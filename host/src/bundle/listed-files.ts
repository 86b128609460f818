import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of one folder that are listed. */
const LISTED_MAX = 1_000;

export interface ListedFile {
  readonly path: string;
  readonly bytes?: number;
  /** When it was last written, as ISO 8601. */
  readonly modified?: string;
  /** Why nothing is known of it. */
  readonly error?: string;
}

/** A file with its size, and of a folder all files below it. Nothing is opened, and no link followed. */
export async function listFiles(path: string, left = { count: LISTED_MAX }): Promise<ListedFile[]> {
  if (left.count-- <= 0) return [];
  try {
    const status = await lstat(path);
    if (!status.isDirectory()) return [{ path, bytes: status.size, modified: new Date(status.mtimeMs).toISOString() }];
    const listed: ListedFile[] = [];
    for (const name of (await readdir(path)).sort()) listed.push(...(await listFiles(join(path, name), left)));
    return listed;
  } catch (error) {
    return [{ path, error: (error as NodeJS.ErrnoException).code ?? (error as Error).message }];
  }
}
