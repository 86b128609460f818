import { readFile } from 'node:fs/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { ConnectStage } from './failure.ts';
import { faultBesideDates } from './forgiven-dates.ts';

const TCP_KEEP_ALIVE_MS = 30_000;

/** Why a stream could not be opened, and how far it had come. */
export interface StreamFailure {
  readonly kind: 'failed';
  readonly stage: ConnectStage;
  readonly cause: unknown;
}

export interface OpenedStream {
  readonly kind: 'open';
  readonly socket: Socket;
}

/** Where a broker is, and the files that TLS needs to speak with it. */
export interface StreamTarget {
  /** `mqtts://host[:port]` or `mqtt://host[:port]`. */
  readonly url: string;
  /** Absolute path of a PEM file with the authorities to trust instead of Node's own. */
  readonly ca?: string | undefined;
  /** Absolute paths of PEM files: who we are. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /**
   * The clock is not set, and it is later than this, in milliseconds since 1970: that a certificate has expired since or is not valid
   * yet does not count, if it leads to an authority of `ca`. Without `ca` it counts.
   */
  readonly forgivesDatesFrom?: number | undefined;
}

export type OpenStream = (target: StreamTarget, signal: AbortSignal) => Promise<OpenedStream | StreamFailure>;

/**
 * Opens TCP, and TLS for `mqtts:`. Certificates and keys are read anew each time, so that replacing a file is enough to
 * mend a gateway. The certificate of the other side is always checked, for the host of the URL.
 *
 * @param signal ends the attempt; its reason becomes the cause
 */
export async function openStream(target: StreamTarget, signal: AbortSignal): Promise<OpenedStream | StreamFailure> {
  const url = new URL(target.url);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = url.protocol === 'mqtts:';
  const port = url.port === '' ? (isTls ? 8883 : 1883) : Number(url.port);
  let files: ConnectionOptions;
  try {
    files = isTls ? await readTlsFiles(target) : {};
  } catch (cause) {
    return { kind: 'failed', stage: 'files', cause };
  }
  if (signal.aborted) return { kind: 'failed', stage: 'tcp', cause: signal.reason };
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS };
  if (!isTls) return untilOpen(connectTcp(options), { event: 'connect', signal });
  try {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    // Said, because otherwise the environment could say that nothing is checked.
    const tls = { ...options, ...files, ...servername, rejectUnauthorized: true };
    const { ca } = files;
    const floorMs = target.forgivesDatesFrom;
    if (floorMs === undefined || ca === undefined) return await untilSecure(connectTls(tls), signal);
    const socket = connectTls({ ...tls, rejectUnauthorized: false });
    return await untilSecure(socket, signal, () => faultBesideDates(socket, { host, ca: String(ca), floorMs }));
  } catch (cause) {
    // A certificate that does not parse, or does not fit its key, is thrown at once.
    return { kind: 'failed', stage: 'files', cause };
  }
}

async function readTlsFiles(target: StreamTarget): Promise<ConnectionOptions> {
  const files = [target.ca, target.certificate, target.key];
  const [ca, cert, key] = await Promise.all(files.map((file) => (file === undefined ? undefined : readFile(file))));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function untilSecure(
  socket: TLSSocket,
  signal: AbortSignal,
  judge?: () => Error | undefined,
): Promise<OpenedStream | StreamFailure> {
  return untilOpen(socket, { event: 'secureConnect', signal, ...(judge && { judge }) });
}

interface Opening {
  readonly event: 'connect' | 'secureConnect';
  readonly signal: AbortSignal;
  /** What is wrong with the other side after all. */
  readonly judge?: () => Error | undefined;
}

function untilOpen(socket: Socket, { event, signal, judge }: Opening): Promise<OpenedStream | StreamFailure> {
  return new Promise((resolve) => {
    let stage: ConnectStage = 'tcp';
    let cause: unknown;
    const abort = (): void => {
      cause = signal.reason;
      socket.destroy();
    };
    const closed = (): void => {
      signal.removeEventListener('abort', abort);
      resolve({ kind: 'failed', stage, cause: cause ?? new Error('the connection was closed') });
    };
    // This listener stays for the life of the socket: an error without a listener would end the process.
    socket.on('error', (error) => {
      cause ??= error;
    });
    socket.once('connect', () => {
      stage = event === 'connect' ? 'mqtt' : 'tls';
    });
    socket.once(event, () => {
      const fault = judge?.();
      if (fault !== undefined) {
        cause ??= fault;
        socket.destroy();
        return;
      }
      signal.removeEventListener('abort', abort);
      socket.removeListener('close', closed);
      resolve({ kind: 'open', socket });
    });
    socket.once('close', closed);
    signal.addEventListener('abort', abort, { once: true });
  });
}
