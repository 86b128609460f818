import { loadNoble } from '../drivers/ble/radio/load-noble.ts';
import { type DeviceConfig, devicesOf } from '../drivers/index.ts';
import type { ProblemLog } from '../json/index.ts';

/** Warns of devices of Bluetooth that cannot be reached because the package for them is not installed. The gateway works without them. */
export async function checkBluetooth(
  devices: Readonly<Record<string, DeviceConfig>>,
  log: ProblemLog,
  load: () => Promise<unknown> = loadNoble,
): Promise<void> {
  if (Object.keys(devicesOf('ble', devices)).length === 0) return;
  const message = await load().then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (message !== undefined) log.add({ severity: 'warning', code: 'BLUETOOTH_MISSING', path: 'bluetooth', message });
}
