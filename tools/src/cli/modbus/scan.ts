import type { RegisterRange } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { parseWords, usage } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { EXIT } from '../exit.ts';
import { nobodyAnswers } from './failure.ts';
import type { PlaceConfig } from './place.ts';
import { PLACE_HELP, PLACE_OPTIONS, readPlace, withSettings } from './place-options.ts';
import { type ScanOrder, scanPlace } from './scan-place.ts';
import { readAddress } from './selection.ts';
import { readSettings } from './serial-settings.ts';
import { readUnits } from './unit-list.ts';

const HELP = `gatehouse modbus scan - finds the units that answer, and what they let read

Asks each unit id for one register. Whoever answers is there, also with a refusal. What is found is printed at once, how far it is on stderr.
Nothing is written. On a serial line a scan needs the line for itself: stop other masters.

${PLACE_HELP.replace('  --unit ID              unit id; 1 unless given\n', '').replace('1000 unless given', '200 on a serial line, 500 behind a device server, 1000 over TCP unless given')}
  --units LIST           unit ids to try, such as 1-10,20; 1-247 unless given
  --settings LIST        serial settings to try, such as 19200-8E1,9600-8N1, or all for the 32 usual ones
  --first                end with the first setting at which a unit answers
  --probe ADDRESS        what each unit is asked for; holding:0 unless given
  --identify             also show what each unit says of itself (function 43/14): vendor, product and revision
  --registers RANGE      also find what can be read of a range, such as holding:0-1000; may be given several times
  --json                 print one JSON object for each unit: unit, settings, answer, identification, readable, silent

Exit code 1 if no unit answers.

Examples:
  gatehouse modbus scan --serial /dev/ttyUSB0 --identify
  gatehouse modbus scan --serial /dev/ttyUSB0 --settings all --units 1-10 --first
  gatehouse modbus scan --tcp 192.168.1.20 --units 0-10,255
  gatehouse modbus scan --tcp 192.168.1.20 --units 1 --registers holding:0-1000 --registers input:0-200
`;

export const SCAN: Command = { summary: 'find Modbus units and their registers', help: HELP, run };

const TIMEOUTS_MS = { tcp: 1_000, 'rtu-tcp': 500, serial: 200 } as const;

async function run(args: readonly string[]): Promise<number> {
  const { unit: _, ...where } = PLACE_OPTIONS;
  const options = {
    ...where,
    units: { type: 'string' },
    settings: { type: 'string' },
    probe: { type: 'string' },
    first: { type: 'boolean' },
    identify: { type: 'boolean' },
    registers: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  } as const;
  const { values, words } = parseWords(args, options);
  if (words.length > 0) throw usage(`expected options only, got ${words.join(' ')}`);
  const way = (['tcp', 'rtu-tcp', 'serial'] as const).find((name) => values[name] !== undefined);
  const config = readPlace(values, way && TIMEOUTS_MS[way]);
  const places = placesOf(config, values.settings);
  const order: ScanOrder = {
    units: unitsOf(values.units, config),
    probe: probeOf(values.probe ?? 'holding:0'),
    ranges: (values.registers ?? []).map(readAddress),
    identifies: values.identify === true,
    isJson: values.json === true,
  };
  let found = 0;
  for (const [index, place] of places.entries()) {
    const title = places.length === 1 ? '' : `setting ${index + 1} of ${places.length}, `;
    found += await scanPlace(place, order, title);
    if (found > 0 && values.first === true) break;
  }
  if (found === 0) throw nobodyAnswers(config, order.units.length, places.length);
  return EXIT.done;
}

function placesOf(config: PlaceConfig, list: string | undefined): readonly PlaceConfig[] {
  if (list === undefined) return [config];
  if (config.config.type !== 'modbus-rtu') throw usage('--settings is for a serial line of this machine');
  return readSettings(list).map((settings) => withSettings(config, settings));
}

function unitsOf(list: string | undefined, { config }: PlaceConfig): readonly number[] {
  const isTcp = config.type === 'modbus-tcp';
  const units = readUnits(list ?? '1-247', isTcp ? 255 : 247);
  if (!isTcp && units[0] === 0) throw usage('unit 0 of a line is all units, of which none answers');
  return units;
}

function probeOf(text: string): RegisterRange {
  const probe = readAddress(text);
  if (probe.count > 1) throw usage('--probe takes one address');
  return probe;
}
