import type { LeafDevices } from '../devices/index.ts';
import { portOf } from '../drivers/index.ts';
import { loadSerialPort } from '../drivers/load-serial-port.ts';
import type { ProblemAt } from '../json/index.ts';

/** Warns of serial ports that cannot be opened because the package for them is not installed. The gateway works without them. */
export async function checkSerial(
  { devices, lines }: LeafDevices,
  add: (kind: keyof LeafDevices, problem: Omit<ProblemAt, 'path'>) => void,
  load = loadSerialPort,
): Promise<void> {
  const hasLines = Object.keys(lines).length > 0;
  const hasPorts = Object.values(devices).some((device) => 'path' in (portOf(device) ?? {}));
  if (!hasLines && !hasPorts) return;
  const message = await load().then(() => undefined, messageOf);
  const kind = hasLines ? 'lines' : 'devices';
  if (message !== undefined) add(kind, { severity: 'warning', code: 'SERIAL_MISSING', message });
}

const messageOf = (error: Error): string => error.message;
