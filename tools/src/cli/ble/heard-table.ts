import type { HeardDevice } from './heard-devices.ts';
import { companyText, nameOf } from './known-uuids.ts';

const HEAD = ['address', 'dBm', 'heard', 'link', 'name', 'services', 'manufacturer'];
const RIGHT = [false, true, true, false, false, false, false];

/** Devices for people, a line each; `width` cuts lines off. */
export function heardTable(devices: readonly HeardDevice[], width = Number.POSITIVE_INFINITY): string[] {
  const rows = [HEAD, ...devices.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (RIGHT[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
      .slice(0, width),
  );
}

/** A device as JSON. */
export const heardJson = ({ name, services, manufacturers, ...device }: HeardDevice) => ({
  ...device,
  ...(name === undefined ? {} : { name }),
  services: [...services],
  manufacturers: [...manufacturers],
});

function rowOf({ address, rssi, count, name, services, manufacturers, isConnectable }: HeardDevice): string[] {
  return [
    address,
    rssi === undefined ? '?' : String(rssi),
    String(count),
    isConnectable ? 'yes' : 'no',
    visible(name ?? ''),
    [...services].map((uuid) => nameOf(uuid) ?? uuid).join(', '),
    [...manufacturers].map(companyText).join(', '),
  ];
}

/** Names are the device's; what would move the cursor or turn the text around is shown as an escape. */
const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
