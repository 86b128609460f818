import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that belongs to this process until it gives it back or ends, in whatever way. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a folder for this process; undefined when another one has it. What is held is a local socket that the system closes
 * with the process, so that none that was killed leaves a lock behind. On Linux and Windows it has no file; the folder is
 * known by its inode, whatever the path. Processes in containers with networks of their own do not see each other.
 */
export async function lockFolder(folder: string): Promise<FolderLock | undefined> {
  const { dev, ino } = await stat(folder, { bigint: true });
  const name = `gatehouse-journal-${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32)}`;
  const server = createServer((socket) => socket.destroy());
  server.unref();
  const address = addressOf(name);
  if (!(await listen(server, address)) && !((await isLeftBehind(address)) && (await listen(server, address))))
    return undefined;
  let released: Promise<void> | undefined;
  const release = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  return { release: () => (released ??= release()) };
}

function addressOf(name: string): string {
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.socket`);
}

/** Where a socket has a file, that of a killed process stays, and nobody answers there: it is removed. */
async function isLeftBehind(address: string): Promise<boolean> {
  if (process.platform === 'linux' || process.platform === 'win32') return false;
  const isAnswered = await new Promise<boolean>((resolve) => {
    const socket = connect(address, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
  if (!isAnswered) await rm(address, { force: true });
  return !isAnswered;
}

function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    server.once('error', failed);
    server.listen({ path, exclusive: true }, () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}
