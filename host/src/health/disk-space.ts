import { statfs } from 'node:fs/promises';

/** How often the file system is asked. */
const FRESH_MS = 10_000;

export interface DiskSpace {
  /** What this user may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

type Ask = (folder: string) => Promise<DiskSpace>;

async function askSystem(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** How much room the disk of a folder has. A disk that does not answer is asked once, and holds nobody up. */
export class DiskWatch {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #ask: Ask;
  #known: DiskSpace | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;

  constructor(folder: string, now: () => number = () => performance.now(), ask: Ask = askSystem) {
    this.#folder = folder;
    this.#now = now;
    this.#ask = ask;
  }

  /** What was last known, and asks anew if that is old; undefined before the first answer, and after one that was an error. */
  look(): DiskSpace | undefined {
    if (!this.#isAsking && this.#now() - this.#askedAt >= FRESH_MS) void this.refresh();
    return this.#known;
  }

  async refresh(): Promise<void> {
    this.#isAsking = true;
    this.#askedAt = this.#now();
    this.#known = await this.#ask(this.#folder).catch(() => undefined);
    this.#isAsking = false;
  }
}
