import type { SerialPort } from 'serialport';
import type { SerialConfig } from './config.ts';
import type { OpenPort, PortEvents } from './port.ts';

/** A port over the package `serialport`, which is loaded when the first port is opened, and need not be installed before. */
export const openSerialPort: OpenPort = (config, events) => {
  let serial: SerialPort | undefined;
  let isOver = false;
  const end = (error?: Error): void => {
    if (isOver) return;
    isOver = true;
    events.closed(error);
  };
  openWith(config, events, () => isOver).then(
    (port) => {
      serial = port;
      if (isOver) port.close();
      else listen(port, events, end);
    },
    (error: Error) => end(explained(error)),
  );
  return {
    write(bytes) {
      serial?.write(bytes);
      serial?.drain((error) => {
        if (!isOver && !error) events.drained();
      });
    },
    close() {
      isOver = true;
      if (serial?.isOpen) serial.close();
    },
  };
};

async function openWith(config: SerialConfig, events: PortEvents, isOver: () => boolean): Promise<SerialPort> {
  const { SerialPort } = await import('serialport');
  const { path, baudRate, parity } = config;
  const [dataBits, stopBits] = [config.dataBits as 7 | 8, config.stopBits as 1 | 2];
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ path, baudRate, parity, dataBits, stopBits }, (error) => {
      if (error) {
        reject(error);
        return;
      }
      resolve(port);
      if (!isOver()) events.opened();
    });
  });
}

function listen(port: SerialPort, events: PortEvents, end: (error?: Error) => void): void {
  port.on('data', (bytes: Buffer) => events.received(bytes));
  port.on('error', (error) => end(error));
  port.on('close', (error: Error | null) => end(error ?? undefined));
}

function explained(error: Error): Error {
  const isMissing = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isMissing ? new Error('the package "serialport" is not installed', { cause: error }) : error;
}
