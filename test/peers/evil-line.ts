import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc16 } from '../../host/src/drivers/modbus/rtu/crc16.ts';
import { goodPdu } from './good-pdu.ts';

/** A request as it came from the line. */
export interface LineRequest {
  readonly unitId: number;
  readonly pdu: Buffer;
}

/** What the line does with a request. */
export type LineMisdeed = (socket: Socket, request: LineRequest) => void;

/** All units of a serial line behind a device server, which misbehave as told. */
export interface EvilLine {
  readonly port: number;
  readonly requests: readonly LineRequest[];
  /** Changes what is done from the next request on. */
  behave(misdeed: LineMisdeed): void;
  /** Puts bytes on the line that nobody asked for. */
  say(bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** A frame of a serial line around a PDU. */
export function lineFrame(unitId: number, pdu: Uint8Array): Buffer {
  const body = Buffer.from([unitId, ...pdu]);
  const crc = crc16(body, 0, body.length);
  return Buffer.concat([body, Buffer.from([crc & 0xff, crc >> 8])]);
}

/** The right answer: register n holds n, all bits are 0, writes are confirmed. */
export const goodLineAnswer = ({ unitId, pdu }: LineRequest): Buffer => lineFrame(unitId, goodPdu(pdu));

export const lineBehavesWell: LineMisdeed = (socket, request) => socket.write(goodLineAnswer(request));

export async function startEvilLine(misdeed: LineMisdeed): Promise<EvilLine> {
  const requests: LineRequest[] = [];
  const sockets = new Set<Socket>();
  let act = misdeed;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let bytes = requestBytes(pending); bytes <= pending.length; bytes = requestBytes(pending)) {
        const request = { unitId: pending[0]!, pdu: pending.subarray(1, bytes - 2) };
        pending = pending.subarray(bytes);
        requests.push(request);
        act(socket, request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    behave(next) {
      act = next;
    },
    say(bytes) {
      for (const socket of sockets) socket.write(bytes);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A serial port, made by socat, on whose line the units behind a device server are; it comes back when it has vanished. */
export function openPortTo(tcpPort: number): { readonly path: string; close(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-evil-line-'));
  const path = join(folder, 'port');
  let isOver = false;
  let socat: ChildProcess;
  const start = (): void => {
    // It ends at once when the other side does, as an adapter does that is pulled out.
    socat = spawn('socat', ['-t', '0', `pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${tcpPort},nodelay`], {
      stdio: 'ignore',
    });
    socat.once('exit', () => isOver || start());
  };
  start();
  return {
    path,
    async close() {
      isOver = true;
      const gone = socat.exitCode === null && socat.signalCode === null ? once(socat, 'exit') : undefined;
      socat.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Length of the request that begins here, more than there is while it is not complete. */
function requestBytes(bytes: Buffer): number {
  const code = bytes[1];
  if (code === undefined) return 8;
  if (code === 43) return 7;
  if (code === 22) return 10;
  const countAt = code === 23 ? 10 : code > 6 ? 6 : -1;
  return countAt < 0 ? 8 : countAt + 3 + (bytes[countAt] ?? 255);
}
