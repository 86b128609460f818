import type { EventEmitter } from 'node:events';
import type { Noble } from '@stoprocent/noble';
import { GatehouseError } from '../../../errors.ts';

/** What is used of the library beyond its documented interface, so that the gate can stand in front of it. */
interface Hci {
  onSocketData(packet: Buffer): void;
  writeAclDataPkt(handle: number, channel: number, data: Buffer): Promise<void>;
  readonly _socket: { write(packet: Buffer): void; readonly _serialDevice?: EventEmitter | null };
}

interface Bindings {
  _hci: Hci | null;
  readonly _handles: Readonly<Record<string, number>>;
  onStateChange(state: string): void;
}

export interface Tap {
  /** A packet of the controller; `pass` hands one to the library. */
  received(packet: Buffer, pass: (packet: Buffer) => void): void;
  sent(packet: Uint8Array): Uint8Array;
  sentToPeer(handle: number, channel: number, payload: Uint8Array): void;
}

export interface TappedNoble {
  /** The handle of the link to a peer, by the library's id of it. */
  handleOf(peer: string): number | undefined;
  /** Stops the library, which leaves what it was still writing to fail with nobody who listens. */
  stop(): void;
}

/**
 * Puts `tap` between the library and the controller, before the library is started.
 *
 * @throws GatehouseError BLUETOOTH_UNAVAILABLE for a version of the library that is built otherwise: without the gate it must not run
 */
export function tapNoble(noble: Noble, tap: Tap): TappedNoble {
  const bindings = (noble as unknown as { _bindings?: Bindings })._bindings;
  if (bindings === undefined || bindings._hci !== null || typeof bindings.onStateChange !== 'function') throw unknown();
  let hci: Hci | null = null;
  // The library makes it when it starts, and uses it at once.
  Object.defineProperty(bindings, '_hci', {
    get: () => hci,
    set: (made: Hci) => {
      hci = made;
      tapHci(made, tap);
    },
  });
  quieten(bindings);
  return {
    handleOf: (peer) => bindings._handles[peer],
    stop: () => {
      noble.stop();
      hci?._socket._serialDevice?.on('error', () => undefined);
    },
  };
}

function tapHci(hci: Hci, tap: Tap): void {
  const { _socket: socket, onSocketData, writeAclDataPkt } = hci;
  if (
    typeof onSocketData !== 'function' ||
    typeof writeAclDataPkt !== 'function' ||
    typeof socket?.write !== 'function'
  )
    throw unknown();
  const { write } = socket;
  hci.onSocketData = (packet) => tap.received(packet, (passed) => onSocketData.call(hci, passed));
  hci.writeAclDataPkt = (handle, channel, data) => {
    tap.sentToPeer(handle, channel, data);
    return writeAclDataPkt.call(hci, handle, channel, data);
  };
  // The socket of a kernel adapter inherits a method that an assignment could not replace.
  Object.defineProperty(socket, 'write', {
    value: (packet: Buffer) => write.call(socket, tap.sent(packet) as Buffer),
  });
}

/** The library prints advice for its user on standard output when there is no controller; all that matters is that there is none. */
function quieten(bindings: Bindings): void {
  const { onStateChange } = bindings;
  bindings.onStateChange = (state) =>
    onStateChange.call(bindings, state === 'unsupported' || state === 'unauthorized' ? 'poweredOff' : state);
}

function unknown(): GatehouseError {
  return new GatehouseError(
    'BLUETOOTH_UNAVAILABLE',
    'this version of @stoprocent/noble is not one that the host knows: install version 2.8 beside it',
  );
}
