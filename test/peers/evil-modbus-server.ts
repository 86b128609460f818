import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { goodPdu } from './good-pdu.ts';

/** A request as the server got it. */
export interface EvilRequest {
  readonly transaction: number;
  readonly unitId: number;
  readonly function: number;
  readonly address: number;
  /** Count, or value of a single write. */
  readonly operand: number;
  readonly frame: Buffer;
}

/** What the server does with the n-th request, from 0 and over all connections. */
export type Misdeed = (socket: Socket, request: EvilRequest, index: number) => void;

/** A Modbus TCP server that misbehaves as told. */
export interface EvilServer {
  readonly port: number;
  readonly requests: readonly EvilRequest[];
  /** Connections taken so far. */
  readonly connections: () => number;
  /** Connections that ended with a reset by the client. */
  readonly resets: () => number;
  /** Changes what is done from the next request on. */
  behave(misdeed: Misdeed): void;
  close(): Promise<void>;
}

/** Starts a server on loopback; `address` may be `::1`, `port` 0 lets the system choose. */
export async function startEvilServer(misdeed: Misdeed, address = '127.0.0.1', port = 0): Promise<EvilServer> {
  const requests: EvilRequest[] = [];
  const sockets = new Set<Socket>();
  let act = misdeed;
  let connections = 0;
  let resets = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    let pending = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') resets++;
    });
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 6 && pending.length >= 6 + pending.readUInt16BE(4)) {
        const frame = pending.subarray(0, 6 + pending.readUInt16BE(4));
        pending = pending.subarray(frame.length);
        const request = decode(frame);
        requests.push(request);
        act(socket, request, requests.length - 1);
      }
    });
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connections: () => connections,
    resets: () => resets,
    behave(next) {
      act = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The right answer: register n holds n, all bits are 0, writes are confirmed. Address and operand may be changed. */
export function goodAnswer(request: EvilRequest): Buffer {
  const { transaction, unitId, frame, address, operand } = request;
  const pdu = Buffer.from(frame.subarray(7));
  if (request.function <= 4) {
    pdu.writeUInt16BE(address, 1);
    pdu.writeUInt16BE(operand, 3);
  }
  return answerFrame(transaction, unitId, goodPdu(pdu));
}

/** A frame of Modbus TCP around a PDU. */
export function answerFrame(transaction: number, unitId: number, pdu: Uint8Array): Buffer {
  const frame = Buffer.alloc(7 + pdu.length);
  frame.writeUInt16BE(transaction, 0);
  frame.writeUInt16BE(1 + pdu.length, 4);
  frame[6] = unitId;
  frame.set(pdu, 7);
  return frame;
}

/** Answers as a device should. */
export const behaveWell: Misdeed = (socket, request) => {
  socket.write(goodAnswer(request));
};

function decode(frame: Buffer): EvilRequest {
  return {
    transaction: frame.readUInt16BE(0),
    unitId: frame[6]!,
    function: frame[7]!,
    address: frame.readUInt16BE(8),
    operand: frame.length < 12 ? 0 : frame.readUInt16BE(10),
    frame,
  };
}
