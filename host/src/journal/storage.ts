/** A file as the journal uses it. Positions and sizes are in bytes; every error has the `code` of Node (`ENOSPC`, `EIO`). */
export interface StorageFile {
  size(): Promise<number>;
  /** Fills as much of `bytes` as the file has from `position` on; gives how much that was. */
  read(bytes: Uint8Array, position: number): Promise<number>;
  /** Gives how much was written, which may be less than asked for. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  /** When it ends, content and size outlive a power cut; the name does so after `syncFolder`. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** `create` is for a new file and fails if there is one, `update` makes it if there is none, `read` leaves it as it is. */
export type OpenMode = 'create' | 'update' | 'read';

/** What the journal needs of a file system; tests put one in its place whose power can be cut. */
export interface Storage {
  open(path: string, mode: OpenMode): Promise<StorageFile>;
  /** Replaces what has the new name, in one step. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Names in a folder, in no order. */
  readFolder(path: string): Promise<string[]>;
  /** Makes a folder and those above it; content if it is there. When it ends, the folder outlives a power cut. */
  makeFolder(path: string): Promise<void>;
  /** When it ends, names that were created, changed or removed in the folder outlive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Bytes that a user without rights may still write on the disk of a folder. */
  freeBytes(path: string): Promise<number>;
}

/** The code of an error of Node, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Writes all of it, also when the system takes it in pieces. */
export async function writeFully(file: StorageFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const written = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    // A system that takes nothing says so with an error; one that does not would be asked for ever.
    if (written <= 0) throw Object.assign(new Error('the file takes no more bytes'), { code: 'EIO' });
    done += written;
  }
}
