import type { OpenMode, Storage, StorageFile } from '../../host/src/journal/storage.ts';

const PAGE_BYTES = 4_096;
/** Of a folder that is synced: its own, the inodes, and what the file system's journal has of both. */
const PAGES_OF_NAMES = 4;

/** Counts what a file system writes to the flash for what the journal asks for: whole pages, at each sync those that changed. */
export class FlashStorage implements Storage {
  bytes = 0;
  readonly #below: Storage;

  constructor(below: Storage) {
    this.#below = below;
  }

  async open(path: string, mode: OpenMode): Promise<StorageFile> {
    const file = await this.#below.open(path, mode);
    const dirty = new Set<number>();
    return {
      size: () => file.size(),
      read: (bytes, position) => file.read(bytes, position),
      truncate: (bytes) => file.truncate(bytes),
      close: () => file.close(),
      write: async (bytes, position) => {
        const written = await file.write(bytes, position);
        for (let at = position - (position % PAGE_BYTES); at < position + written; at += PAGE_BYTES) dirty.add(at);
        return written;
      },
      datasync: async () => {
        await file.datasync();
        this.bytes += dirty.size * PAGE_BYTES;
        dirty.clear();
      },
    };
  }

  async syncFolder(path: string): Promise<void> {
    await this.#below.syncFolder(path);
    this.bytes += PAGES_OF_NAMES * PAGE_BYTES;
  }

  rename(from: string, to: string): Promise<void> {
    return this.#below.rename(from, to);
  }

  unlink(path: string): Promise<void> {
    return this.#below.unlink(path);
  }

  readFolder(path: string): Promise<string[]> {
    return this.#below.readFolder(path);
  }

  makeFolder(path: string): Promise<void> {
    return this.#below.makeFolder(path);
  }

  freeBytes(path: string): Promise<number> {
    return this.#below.freeBytes(path);
  }
}
