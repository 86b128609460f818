import type { SerialLine } from '../../../../host/src/drivers/modbus/commissioning.ts';
import type { PlaceConfig } from './place.ts';

/** Serial settings as they are said: `19200-8E1`. */
export const settingsText = ({ baudRate, parity, stopBits }: Pick<SerialLine, 'baudRate' | 'parity' | 'stopBits'>) =>
  `${baudRate}-8${parity[0]!.toUpperCase()}${stopBits}`;

/** Where a place is, for a person: `192.168.1.20 port 502`, `/dev/ttyUSB0 (19200-8E1)`. */
export function placeText({ config, lines }: PlaceConfig): string {
  if (config.type !== 'modbus-rtu') return `${config.host} port ${config.port}`;
  const line = lines[config.line]!;
  return `${line.path} (${settingsText(line)})`;
}

export const unitText = (place: PlaceConfig): string => `unit ${place.config.unitId} at ${placeText(place)}`;
