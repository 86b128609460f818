import { createServer, type Socket } from 'node:net';

/** What a server does with a connection, one after the other; at the end it closes. */
export type Act =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  /** A byte at a time. */
  | { readonly kind: 'drip'; readonly bytes: Buffer }
  /** The same for ever, as fast as it is read. */
  | { readonly kind: 'endless'; readonly bytes: Buffer }
  /** Says nothing any more. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

export interface ScriptedServer {
  readonly port: number;
  /** Connections that are open. */
  readonly open: number;
  close(): Promise<void>;
}

/** Starts a server of which each connection plays the script that `next` returns, when something was asked. */
export async function startScripted(next: (asked: string) => readonly Act[]): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (asked) => void play(socket, next(asked.toString('latin1'))));
    // A client that goes away while nobody reads would not be noticed.
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    get open() {
      return sockets.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function play(socket: Socket, script: readonly Act[]): Promise<void> {
  for (const act of script) {
    switch (act.kind) {
      case 'send':
        await write(socket, act.bytes);
        break;
      case 'drip':
        for (const byte of act.bytes) await write(socket, Buffer.of(byte));
        break;
      case 'endless':
        while (!socket.destroyed) await write(socket, act.bytes);
        return;
      case 'hang':
        return;
      case 'reset':
        socket.resetAndDestroy();
        return;
      default:
        act satisfies never;
    }
    if (socket.destroyed) return;
  }
  socket.end();
}

/** Writes and waits until it has left, or the client is gone. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('close', done);
      // Not at once: what a server can write without waiting would keep the client of the same process from reading.
      setImmediate(resolve);
    };
    if (socket.destroyed) resolve();
    else {
      socket.once('close', done);
      socket.write(bytes, done);
    }
  });
}
