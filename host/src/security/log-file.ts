import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that lines are appended to. */
export interface LogFile {
  /** Bytes in it when it was opened, whole lines only. */
  readonly bytes: number;
  append(text: string): Promise<void>;
  /** Cuts it to so many bytes. */
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Where the files of a log are; tests put a full disk in its place. */
export interface LogFolder {
  open(file: string): Promise<LogFile>;
  /** Moves a file if it exists; what had the new name is gone. */
  move(from: string, to: string): Promise<void>;
}

const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;
/** How far before its end the last whole line of a file is looked for. */
const TAIL_BYTES = 65_536;

/** Files of the system: for their owner only, never through a symbolic link, on the disk when `append` has ended. */
export const systemLogFolder: LogFolder = {
  async open(file) {
    await mkdir(dirname(file), { recursive: true, mode: FOLDER_OWNER_ONLY });
    const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
    const handle = await open(file, O_RDWR | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0), OWNER_ONLY);
    try {
      return await openLogFile(handle, file);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  async move(from, to) {
    try {
      await rename(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  },
};

async function openLogFile(handle: FileHandle, file: string): Promise<LogFile> {
  const status = await handle.stat();
  if (!status.isFile()) throw new Error(`${file} is not a regular file`);
  await handle.chmod(OWNER_ONLY);
  const bytes = await wholeLines(handle, status.size);
  // What a power cut left of a line would swallow the next one.
  if (bytes < status.size) await handle.truncate(bytes);
  return {
    bytes,
    async append(text) {
      await handle.appendFile(text);
      await handle.datasync();
    },
    truncate: (to) => handle.truncate(to),
    close: () => handle.close(),
  };
}

/** Bytes up to the end of the last whole line. */
async function wholeLines(handle: FileHandle, size: number): Promise<number> {
  const start = Math.max(0, size - TAIL_BYTES);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
  return start + buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
}
