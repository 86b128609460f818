import { connectOnce, type GattEnd, type GattLink } from '../../../../host/src/drivers/ble/commissioning.ts';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { parseWords, wholeNumber } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { EXIT } from '../exit.ts';
import { ADAPTER_HELP, ADAPTER_OPTIONS, DEVICE_HELP, readAdapter, readPeer } from './adapter-options.ts';
import { isAmong, PLACES_HELP, pathText, readPlaces, valueJson, valueText } from './characteristic-text.ts';
import { connectFailure, endText } from './failure.ts';
import { discover, endOf, type FoundCharacteristic } from './gatt-calls.ts';
import { nameOf } from './known-uuids.ts';
import { openCentral } from './open-central.ts';

const HELP = `gatehouse ble read ADDRESS [CHARACTERISTIC...] - reads characteristics of a Bluetooth LE device

Connects, reads what is named - or everything that can be read - and disconnects. ${PLACES_HELP}
Known values are shown with their unit, texts in quotes, and all in hex; what else a characteristic can do stands behind it.

${ADAPTER_HELP}
${DEVICE_HELP}
  --json                 print one JSON object: address, values (service, characteristic, name, hex, meaning), failures

Exit code 1 if anything could not be read.

Examples:
  gatehouse ble read A4:C1:38:01:02:03
  gatehouse ble read A4:C1:38:01:02:03 181a/2a6e 180f --json
  gatehouse ble read --gateway gateway.json --device boiler-room
`;

export const BLE_READ: Command = { summary: 'read characteristics of a Bluetooth device', help: HELP, run };

type Read = FoundCharacteristic & { readonly end: GattEnd<Uint8Array> };

async function run(args: readonly string[]): Promise<number> {
  const options = {
    ...ADAPTER_OPTIONS,
    device: { type: 'string' },
    timeout: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values, words } = parseWords(args, options);
  const { address, rest } = readPeer(words, values.gateway, values.device);
  const places = readPlaces(rest);
  const timeoutMs = wholeNumber(values.timeout ?? '10000', '--timeout', 100, 60_000);
  const central = await openCentral(readAdapter(values), (text) => void process.stderr.write(`${text}\n`));
  try {
    const { link, release } = await connectOnce(central, { address, timeoutMs }).catch((error: GatehouseError) => {
      throw connectFailure(error);
    });
    const { all, reads } = await readAll(link, address, places);
    release();
    if (values.json === true) process.stdout.write(`${JSON.stringify(reportOf(address, reads))}\n`);
    else print(all, reads);
    return reads.length > 0 && reads.every(({ end }) => end.kind === 'done') ? EXIT.done : EXIT.refused;
  } finally {
    await central.close();
  }
}

async function readAll(link: GattLink, address: string, places: ReturnType<typeof readPlaces>) {
  const found = await discover(link);
  if (found.kind !== 'done') throw new GatehouseError('DEVICE_CLOSED', `${address}: ${endText(found)}`);
  const all = found.value.filter((path) => isAmong(places, path));
  for (const { service, characteristic } of places)
    if (
      !all.some((path) => path.service === service && (characteristic ?? path.characteristic) === path.characteristic)
    )
      throw new GatehouseError(
        'DEVICE_EXCEPTION',
        `${address} has no ${service}${characteristic === undefined ? '' : `/${characteristic}`}; gatehouse ble read ${address} shows what it has`,
      );
  const reads: Read[] = [];
  for (const path of all)
    if (path.properties.includes('read'))
      reads.push({ ...path, end: await endOf<Uint8Array>((ended) => link.read(path, ended)) });
  return { all, reads };
}

/** Services with their characteristics, and the value of each that can be read. */
function print(all: readonly FoundCharacteristic[], reads: readonly Read[]): void {
  for (const service of new Set(all.map((path) => path.service))) {
    const name = nameOf(service);
    process.stdout.write(`${service}${name === undefined ? '' : ` ${name}`}\n`);
    const own = all.filter((path) => path.service === service);
    const width = Math.max(...own.map((path) => pathText(path).length));
    for (const path of own) {
      const read = reads.find(
        ({ service, characteristic }) => service === path.service && characteristic === path.characteristic,
      );
      const text =
        read === undefined ? '-' : read.end.kind === 'done' ? valueText(path, read.end.value) : endText(read.end);
      const others = path.properties.filter((property) => property !== 'read');
      const can = others.length === 0 ? '' : `  [${others.join(', ')}]`;
      process.stdout.write(`  ${pathText(path).padEnd(width)}  ${text}${can}\n`);
    }
  }
}

function reportOf(address: string, reads: readonly Read[]) {
  return {
    address,
    time: new Date().toISOString(),
    values: reads.flatMap(({ end, ...path }) => (end.kind === 'done' ? [valueJson(path, end.value)] : [])),
    failures: reads.flatMap(({ end, service, characteristic }) =>
      end.kind === 'done' ? [] : [{ service, characteristic, message: endText(end) }],
    ),
  };
}
