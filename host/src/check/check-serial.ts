import type { SerialLines } from '../drivers/index.ts';
import { loadSerialPort } from '../drivers/modbus/rtu/serial-transport.ts';
import type { ProblemLog } from '../json/index.ts';

/** Warns of serial lines that cannot be opened because the package for them is not installed. The gateway works without them. */
export async function checkSerial(lines: SerialLines, log: ProblemLog, load = loadSerialPort): Promise<void> {
  if (Object.keys(lines).length === 0) return;
  const message = await load().then(() => undefined, messageOf);
  if (message !== undefined) log.add({ severity: 'warning', code: 'SERIAL_MISSING', path: 'lines', message });
}

const messageOf = (error: Error): string => error.message;
