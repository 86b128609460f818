import type { DeviceConfig } from '../drivers/grants.ts';
import type { SerialLines } from '../drivers/modbus/config.ts';

/** Devices and the serial lines that they share, as one file has them or as both do. */
export interface LeafDevices {
  readonly devices: Readonly<Record<string, DeviceConfig>>;
  readonly lines: SerialLines;
}
