import type { SerialLines } from '../drivers/index.ts';
import { loadSerialPort } from '../drivers/load-serial-port.ts';
import type { ProblemAt } from '../json/index.ts';

/** Warns of serial lines that cannot be opened because the package for them is not installed. The gateway works without them. */
export async function checkSerial(
  lines: SerialLines,
  add: (problem: Omit<ProblemAt, 'path'>) => void,
  load = loadSerialPort,
): Promise<void> {
  if (Object.keys(lines).length === 0) return;
  const message = await load().then(() => undefined, messageOf);
  if (message !== undefined) add({ severity: 'warning', code: 'SERIAL_MISSING', message });
}

const messageOf = (error: Error): string => error.message;
