import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, statfs, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OpenMode, Storage, StorageFile } from './storage.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR } = constants;
const FLAGS: Readonly<Record<OpenMode, number>> = {
  create: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
  update: O_RDWR | O_CREAT | O_NOFOLLOW,
  // To open a pipe would wait for somebody who writes into it.
  read: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
};
const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;

/** Files of the system, for their owner only, never through a symbolic link. */
export const nodeStorage: Storage = {
  async open(path, mode) {
    const handle = await open(path, FLAGS[mode], OWNER_ONLY);
    try {
      if (!(await handle.stat()).isFile()) throw Object.assign(new Error(`${path} is no file`), { code: 'EISDIR' });
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new NodeFile(handle);
  },
  rename,
  unlink,
  readFolder: (path) => readdir(path),
  async makeFolder(path) {
    const first = await mkdir(path, { recursive: true, mode: FOLDER_OWNER_ONLY });
    // Its own name is synced also when it was there: who made it may have been killed before it came to that.
    for (let made = path; ; made = dirname(made)) {
      await syncFolder(dirname(made));
      if (first === undefined || made === first || dirname(made) === made) return;
    }
  },
  syncFolder,
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

async function syncFolder(path: string): Promise<void> {
  // Windows has no such thing; NTFS writes names down in the order in which they change.
  if (process.platform === 'win32') return;
  const folder = await open(path, O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

class NodeFile implements StorageFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async read(bytes: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.read(bytes, 0, bytes.byteLength, position)).bytesRead;
  }

  async write(bytes: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.write(bytes, 0, bytes.byteLength, position)).bytesWritten;
  }

  truncate(bytes: number): Promise<void> {
    return this.#handle.truncate(bytes);
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
