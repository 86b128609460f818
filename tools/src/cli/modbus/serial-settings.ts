import type { SerialLine } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { usage } from '../arguments.ts';

export type SerialSettings = Pick<SerialLine, 'baudRate' | 'parity' | 'stopBits'>;

const PARITIES = { E: 'even', O: 'odd', N: 'none' } as const;
/** The most frequent first. */
const BAUD_RATES = [9_600, 19_200, 38_400, 115_200, 57_600, 4_800, 2_400, 1_200];
const FORMATS = ['8E1', '8N1', '8N2', '8O1'];

/** Settings that devices are shipped with, the most frequent first. */
export const USUAL_SETTINGS: readonly SerialSettings[] = FORMATS.flatMap((format) =>
  BAUD_RATES.map((baudRate) => settingsOf(`${baudRate}-${format}`)),
);

/**
 * A list such as `19200-8E1,9600-8N1`, or `all` for the usual ones.
 * @throws GatehouseError CLI_USAGE
 */
export function readSettings(text: string): readonly SerialSettings[] {
  return text === 'all' ? USUAL_SETTINGS : text.split(',').map(settingsOf);
}

function settingsOf(text: string): SerialSettings {
  const found = /^(\d{3,7})-8([EON])([12])$/i.exec(text.trim());
  const baudRate = Number(found?.[1]);
  if (found === null || baudRate < 300 || baudRate > 4_000_000)
    throw usage(`"${text}" is no serial setting: expected all, or a list such as 19200-8E1,9600-8N1`);
  const parity = PARITIES[found[2]!.toUpperCase() as keyof typeof PARITIES];
  return { baudRate, parity, stopBits: found[3] === '2' ? 2 : 1 };
}
