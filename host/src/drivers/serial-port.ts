import type { SerialPort } from 'serialport';
import { type LoadSerialPort, loadSerialPort } from './load-serial-port.ts';
import { watchPort } from './port-presence.ts';
import type { PortSettings } from './port-settings.ts';

/** An attempt to open a serial port, and the port. */
export interface Port {
  /** Hands bytes on, which are not touched any more; only once it is open. */
  write(bytes: Uint8Array): void;
  /** Gives it up; no event comes after this. */
  close(): void;
}

export interface PortEvents {
  opened(): void;
  /** Bytes that came in, which may change afterwards. */
  received(bytes: Uint8Array): void;
  /** Everything that was written has left. Whoever does not ask spares the wait for it. */
  drained?(): void;
  /** It could not be opened, or is gone. The last event, once. */
  closed(error?: Error): void;
}

export type OpenPort = (settings: PortSettings, events: PortEvents) => Port;

/** Ports that are being closed, by path. */
const closing = new Map<string, Promise<void>>();

/**
 * Opens a port with the package `serialport`, which is loaded with the first. A port is locked while it is open, and closing
 * takes its time, so that an attempt to open it again waits for that.
 */
export function openSerialPort(
  settings: PortSettings,
  events: PortEvents,
  load: LoadSerialPort = loadSerialPort,
): Port {
  const { path, baudRate, dataBits, parity, stopBits } = settings;
  const port = new OpenedPort(path, events);
  Promise.all([load(), closing.get(path)])
    .then(([Serial]) => port.open(new Serial({ path, baudRate, dataBits, parity, stopBits, autoOpen: false })))
    .catch(port.fail);
  return port;
}

/** One port from the attempt to open it until it is closed. */
class OpenedPort implements Port {
  readonly #path: string;
  readonly #events: PortEvents;
  #port: SerialPort | undefined;
  #endWatch: (() => void) | undefined;
  #isOver = false;

  constructor(path: string, events: PortEvents) {
    this.#path = path;
    this.#events = events;
  }

  open(port: SerialPort): void {
    if (this.#isOver) return;
    this.#port = port;
    port.on('data', (bytes: Uint8Array) => {
      if (!this.#isOver) this.#events.received(bytes);
    });
    port.on('error', this.fail);
    port.on('close', this.fail);
    port.open((error) => {
      if (error !== null) this.fail(error);
      else if (this.#isOver) this.#release(port);
      else this.#opened();
    });
  }

  write(bytes: Uint8Array): void {
    const port = this.#port;
    if (port === undefined || this.#isOver) return;
    port.write(bytes);
    if (this.#events.drained === undefined) return;
    port.drain((error) => {
      if (!this.#isOver && !error) this.#events.drained?.();
    });
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endWatch?.();
    if (this.#port?.isOpen === true) this.#release(this.#port);
  }

  /** Could not be opened, or is lost. */
  readonly fail = (error: Error | null | undefined): void => {
    if (this.#isOver) return;
    this.close();
    this.#events.closed(error ?? undefined);
  };

  #opened(): void {
    this.#endWatch = watchPort(this.#path, () => this.fail(new Error(`${this.#path} is gone`)));
    this.#events.opened();
  }

  #release(port: SerialPort): void {
    const path = this.#path;
    const closed = new Promise<void>((resolve) => port.close(() => resolve())).then(() => {
      if (closing.get(path) === closed) closing.delete(path);
    });
    closing.set(path, closed);
  }
}
