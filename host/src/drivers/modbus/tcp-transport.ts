import { connect } from 'node:net';
import { sharedLookup } from '../shared-lookup.ts';
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
  // A device that sends FIN gives no more answers, so our half is of no use either.
  socket.on('end', () => socket.destroy());
  socket.on('close', () => {
    if (!over) events.closed(failure);
    over = true;
  });
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
