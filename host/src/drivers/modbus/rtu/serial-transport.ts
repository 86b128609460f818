import type { SerialPort } from 'serialport';
import type { SerialLine } from '../config.ts';
import type { Transport, TransportEvents } from '../transport.ts';
import { watchPort } from './port-presence.ts';

export type LoadSerialPort = () => Promise<typeof SerialPort>;

/** Loads the package for serial ports, which only a gateway with a serial line needs and has. */
export const loadSerialPort: LoadSerialPort = async () => {
  try {
    return (await import('serialport')).SerialPort;
  } catch (error) {
    throw new Error('the package "serialport" is not installed: npm install serialport@13 beside the host', {
      cause: error,
    });
  }
};

/**
 * A way to open one serial port. A port is locked while it is open, and closing takes its time, so that an attempt to open it
 * again waits for that.
 */
export function serialTransport(line: SerialLine, load: LoadSerialPort): (events: TransportEvents) => Transport {
  let closed: Promise<void> = Promise.resolve();
  return (events) => {
    const port = new OpenPort(events);
    Promise.all([load(), closed]).then(
      ([Port]) => port.open(new Port({ ...formatOf(line), autoOpen: false })),
      port.fail,
    );
    return {
      write: (bytes) => port.write(bytes),
      end: () => {
        closed = port.close();
      },
      reset: () => {
        closed = port.close();
      },
    };
  };
}

const formatOf = ({ path, baudRate, parity, stopBits }: SerialLine) =>
  ({ path, baudRate, parity, stopBits, dataBits: 8 }) as const;

/** One port from the attempt to open it until it is closed. */
class OpenPort {
  readonly #events: TransportEvents;
  #port: SerialPort | undefined;
  #endWatch: (() => void) | undefined;
  #isOver = false;

  constructor(events: TransportEvents) {
    this.#events = events;
  }

  open(port: SerialPort): void {
    if (this.#isOver) return;
    this.#port = port;
    port.on('data', (bytes: Uint8Array) => {
      if (!this.#isOver) this.#events.received(bytes, bytes.length);
    });
    port.on('error', this.fail);
    port.on('close', this.fail);
    port.open((error) => {
      if (error !== null) this.fail(error);
      else if (this.#isOver) port.close();
      else {
        this.#endWatch = watchPort(port.path, () => this.fail(new Error(`${port.path} is gone`)));
        this.#events.connected();
      }
    });
  }

  write(bytes: Uint8Array): void {
    this.#port?.write(bytes);
  }

  /** Could not be opened, or is lost. */
  readonly fail = (error: Error | null | undefined): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.closed(error ?? undefined);
    this.close();
  };

  /** Closes at once; what it returns ends when the port is free again. */
  close(): Promise<void> {
    this.#isOver = true;
    this.#endWatch?.();
    const port = this.#port;
    return port?.isOpen === true ? new Promise((resolve) => port.close(() => resolve())) : Promise.resolve();
  }
}
