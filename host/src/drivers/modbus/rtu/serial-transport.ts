import type { LoadSerialPort } from '../../load-serial-port.ts';
import { openSerialPort } from '../../serial-port.ts';
import type { SerialLine } from '../config.ts';
import type { Transport, TransportEvents } from '../transport.ts';

/** A way to open the port of a line. */
export function serialTransport(line: SerialLine, load: LoadSerialPort): (events: TransportEvents) => Transport {
  const { path, baudRate, parity, stopBits } = line;
  return (events) => {
    const port = openSerialPort(
      { path, baudRate, parity, stopBits, dataBits: 8 },
      {
        opened: () => events.connected(),
        received: (bytes) => events.received(bytes, bytes.length),
        closed: (error) => events.closed(error),
      },
      load,
    );
    return { write: (bytes) => port.write(bytes), end: () => port.close(), reset: () => port.close() };
  };
}
