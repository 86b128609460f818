import { createServer, type Socket } from 'node:net';
import { hostAndPort } from '../../network/host-address.ts';
import type { ListenerEvents, OpenListener, Peer } from './listener.ts';

const KEEP_ALIVE_MS = 10_000;
const MAPPED = '::ffff:';

/** Listens for TCP connections. */
export const openTcpListener: OpenListener = (host, port, events) => {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  let isOver = false;
  server.on('connection', (socket) => accept(socket, events));
  server.on('listening', () => {
    const address = server.address();
    if (!isOver && typeof address === 'object' && address !== null) events.listening(address.port);
  });
  server.on('error', (error) => {
    if (isOver) return;
    isOver = true;
    server.close();
    events.failed(error);
  });
  server.listen({ host, port });
  return {
    close() {
      isOver = true;
      server.close();
    },
  };
};

function accept(socket: Socket, events: ListenerEvents): void {
  // A connection that is reset fails in many ways, and all of them end in `close`.
  socket.on('error', () => undefined);
  const peerEvents = events.connected(peerOf(socket));
  if (peerEvents === undefined) return;
  socket.on('data', (bytes: Uint8Array) => peerEvents.received(bytes));
  socket.on('end', () => socket.destroySoon());
  socket.on('close', () => peerEvents.closed());
}

function peerOf(socket: Socket): Peer {
  const { remoteAddress = '', remotePort = 0 } = socket;
  const address = remoteAddress.startsWith(MAPPED) ? remoteAddress.slice(MAPPED.length) : remoteAddress;
  return {
    address,
    name: hostAndPort(address, remotePort),
    get backlogBytes() {
      return socket.writableLength;
    },
    write: (bytes) => {
      socket.write(bytes);
    },
    pause: () => {
      socket.pause();
    },
    resume: () => {
      socket.resume();
    },
    end: () => socket.destroySoon(),
    reset: () => {
      socket.resetAndDestroy();
    },
  };
}
