import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';

/** A server of the test on a port of its own, and what it was asked. */
export interface HttpPeer {
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** node:http, or node:https when there is a certificate; `answer` is called when the body has come. */
export async function startHttp(answer: RequestListener, tls?: ServerOptions): Promise<HttpPeer> {
  const seen: SeenRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(pieces).toString() });
      answer(request, response);
    });
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const port = await listen(server);
  return {
    ...{ port, seen },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A server that does what it likes with each connection. */
export async function startTcp(
  connected: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly connections: () => number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createTcpServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    connected(socket);
  });
  const port = await listen(server);
  return {
    port,
    connections: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A server that answers each connection with these bytes as soon as something was asked, and then closes it unless told otherwise. */
export const startRaw = (bytes: string | Buffer, { isOpen = false } = {}) =>
  startTcp((socket) => {
    socket.once('data', () => {
      if (isOpen) socket.write(bytes);
      else socket.end(bytes);
    });
  });

/** A server that writes the same piece for ever, as fast as it is read. */
export const startEndless = (head: string, piece: string | Buffer) =>
  startTcp((socket) => {
    const write = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.once('data', () => {
      socket.write(head);
      socket.on('drain', write);
      write();
    });
  });

function listen(server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }) {
  return new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
