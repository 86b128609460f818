import { setTimeout as delay } from 'node:timers/promises';
import { canonicalUuid } from '../../../../host/src/drivers/ble/commissioning.ts';
import { parseWords, usage, wholeNumber } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { EXIT } from '../exit.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { ADAPTER_HELP, ADAPTER_OPTIONS, readAdapter } from './adapter-options.ts';
import { type HeardDevice, HeardDevices } from './heard-devices.ts';
import { heardJson, heardTable } from './heard-table.ts';
import { LiveTable } from './live-table.ts';
import { openCentral } from './open-central.ts';

const HELP = `gatehouse ble scan - shows which Bluetooth LE devices are heard

Address, strength in dBm, how often it was heard, whether it takes connections, name, services and manufacturer. On a terminal the table is
live; Ctrl-C ends it.

${ADAPTER_HELP}
  --seconds N            how long; 10 unless given, without end on a terminal
  --name TEXT            only devices whose name begins like this
  --service UUID         only devices that have or advertise data for this service
  --passive              do not ask devices for their names, which costs them power
  --json                 print one JSON object for each device at the end

Exit code 1 if nothing was heard.

Examples:
  gatehouse ble scan
  gatehouse ble scan --seconds 5 --service 181a --json
  gatehouse ble scan --port /dev/ttyAMA1 --baud 921600
`;

export const BLE_SCAN: Command = { summary: 'show which Bluetooth devices are heard', help: HELP, run };

const REDRAW_MS = 500;
const DEFAULT_SECONDS = 10;

async function run(args: readonly string[]): Promise<number> {
  const options = {
    ...ADAPTER_OPTIONS,
    seconds: { type: 'string' },
    name: { type: 'string' },
    service: { type: 'string' },
    passive: { type: 'boolean' },
    json: { type: 'boolean' },
  } as const;
  const { values, words } = parseWords(args, options);
  if (words.length > 0) throw usage(`expected options only, got ${words.join(' ')}`);
  const isWanted = filterOf(values.name, values.service);
  const isLive = process.stdout.isTTY && values.json !== true;
  const seconds = values.seconds === undefined ? undefined : wholeNumber(values.seconds, '--seconds', 1, 86_400);
  const endsAt = performance.now() + 1000 * (seconds ?? (isLive ? Number.POSITIVE_INFINITY : DEFAULT_SECONDS));
  const central = await openCentral(readAdapter(values), tell);
  const heard = new HeardDevices();
  const stop = stopOnSignal();
  central.watch({
    mode: values.passive === true ? 'passive' : 'active',
    heard: (advertisement) => heard.hear(advertisement),
  });
  try {
    const table = new LiveTable();
    while (!stop.aborted && performance.now() < endsAt) {
      const leftMs = Math.min(REDRAW_MS, endsAt - performance.now());
      await delay(leftMs, undefined, { signal: stop }).catch(() => undefined);
      if (isLive) table.draw(heardTable(heard.list().filter(isWanted), process.stdout.columns || undefined));
    }
    table.clear();
  } finally {
    await central.close();
  }
  const found = heard.list().filter(isWanted).sort(strongestFirst);
  print(found, values.json === true, heard.left);
  return found.length === 0 ? EXIT.refused : EXIT.done;
}

function print(devices: readonly HeardDevice[], isJson: boolean, left: number): void {
  const lines = isJson ? devices.map((device) => JSON.stringify(heardJson(device))) : heardTable(devices);
  if (devices.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  const more = left === 0 ? '' : `; there were more than are listed`;
  process.stderr.write(`${devices.length} device${devices.length === 1 ? '' : 's'}${more}\n`);
}

function filterOf(name: string | undefined, service: string | undefined): (device: HeardDevice) => boolean {
  const uuid = service === undefined ? undefined : canonicalUuid(service);
  if (service !== undefined && uuid === undefined) throw usage(`--service takes a UUID such as 181a, not "${service}"`);
  return (device) =>
    (name === undefined || device.name?.startsWith(name) === true) && (uuid === undefined || device.services.has(uuid));
}

const strongestFirst = (a: HeardDevice, b: HeardDevice): number => (b.rssi ?? -128) - (a.rssi ?? -128);

const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
