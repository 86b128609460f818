import { formatRange } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { parseWords } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { EXIT } from '../exit.ts';
import { explain } from './failure.ts';
import { Place, type PlaceConfig } from './place.ts';
import { PLACE_HELP, PLACE_OPTIONS, readPlace } from './place-options.ts';
import { placeText } from './place-text.ts';
import { formatValues, type Reading, readValues, valueJson } from './read-values.ts';
import { failureText } from './report-failure.ts';
import { readSelections } from './selection.ts';
import { FORMAT_HELP, FORMAT_OPTIONS } from './value-format.ts';

const HELP = `gatehouse modbus read ADDRESS... - reads registers of a device

An ADDRESS is a table and an address or a range: coil:1, discrete:0-7, holding:0-9, input:3. Addresses count from 0: what a manual calls
40001 is holding:0, and 30001 is input:0. Shown are address, value and the registers in hex.

${PLACE_HELP}
${FORMAT_HELP}
  --json                 print one JSON object: time, place, unit, values (address, value, words), failures

Exit code 1 if anything could not be read; what could is printed.

Examples:
  gatehouse modbus read --tcp 192.168.1.20 holding:0-9 coil:0-3
  gatehouse modbus read --tcp 192.168.1.20:1502 --unit 5 input:8 --type f32
  gatehouse modbus read --serial /dev/ttyUSB0 --baud 9600 --parity none --unit 3 holding:100 --type i16 --scale 0.1
  gatehouse modbus read --rtu-tcp 192.168.1.30:4001 --unit 7 input:0-19 --type u32 --word-order little
  gatehouse modbus read --gateway gateway.json --device pump input:0-13 --json
`;

export const READ: Command = { summary: 'read registers of a Modbus device', help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const options = { ...PLACE_OPTIONS, ...FORMAT_OPTIONS, json: { type: 'boolean' } } as const;
  const { values, words } = parseWords(args, options);
  const selections = readSelections(words, formatOf(values));
  const config = readPlace(values);
  const place = await Place.open(config);
  const client = place.client();
  try {
    const readings = await readValues(client, selections);
    if (values.json === true) process.stdout.write(`${JSON.stringify(reportOf(readings, config, client.timeoutMs))}\n`);
    else print(readings, config, client.timeoutMs);
    return readings.some(({ kind }) => kind === 'failure') ? EXIT.refused : EXIT.done;
  } finally {
    client.close();
    await place.close();
  }
}

/** The options of a format alone. */
export function formatOf(values: { readonly [Name in keyof typeof FORMAT_OPTIONS]?: string | undefined }) {
  const { type, scale, offset, decimals, bit, 'word-order': order } = values;
  return { type, 'word-order': order, scale, offset, decimals, bit };
}

function print(readings: readonly Reading[], config: PlaceConfig, timeoutMs: number): void {
  process.stdout.write(formatValues(readings.flatMap((reading) => (reading.kind === 'values' ? reading.values : []))));
  for (const reading of readings) {
    if (reading.kind === 'values') continue;
    const what = reading.failure.kind === 'refused' ? `${formatRange(reading.at)}: ` : '';
    process.stderr.write(`gatehouse: ${what}${failureText(explain(reading.failure, config, timeoutMs))}`);
  }
}

function reportOf(readings: readonly Reading[], place: PlaceConfig, timeoutMs: number) {
  const failures = readings.flatMap((reading) => {
    if (reading.kind === 'values') return [];
    const { code, message } = explain(reading.failure, place, timeoutMs);
    return [{ address: formatRange(reading.at), code, message }];
  });
  return {
    time: new Date().toISOString(),
    place: placeText(place),
    unit: place.config.unitId,
    values: readings.flatMap((reading) => (reading.kind === 'values' ? reading.values.map(valueJson) : [])),
    failures,
  };
}
