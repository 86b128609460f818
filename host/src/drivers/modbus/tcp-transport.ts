import { connect } from 'node:net';
import { sharedLookup } from './shared-lookup.ts';
import type { OpenTransport } from './transport.ts';

const RECEIVE_BYTES = 4096;
const KEEP_ALIVE_MS = 10_000;

/**
 * TCP over node:net. Bytes are received into one buffer for the life of the connection. `reset` sends RST: after a
 * plain close the kernel would go on delivering what is still unsent, and a write that timed out could reach the device
 * long after its expiry.
 */
export const openTcpTransport: OpenTransport = (host, port, events) => {
  let failure: Error | undefined;
  let over = false;
  const close = (): void => {
    if (over) return;
    over = true;
    events.closed(failure);
  };
  const socket = connect({
    host,
    port,
    lookup: sharedLookup,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    onread: {
      buffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
      callback(length, buffer) {
        if (!over) events.received(buffer, length);
        return true;
      },
    },
  });
  socket.on('connect', () => events.connected());
  socket.on('error', (error) => {
    failure = error;
  });
  // The peer's FIN ends the connection for us; 'close' would come only after our own side has been shut down.
  socket.on('end', () => {
    close();
    socket.destroy();
  });
  socket.on('close', close);
  return {
    write(bytes) {
      socket.write(bytes);
    },
    end() {
      over = true;
      socket.destroySoon();
    },
    reset() {
      over = true;
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    },
  };
};
