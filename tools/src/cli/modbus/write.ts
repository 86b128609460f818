import { formatRange, type WriteRequest } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { parseWords, usage } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { EXIT } from '../exit.ts';
import { confirm } from './confirm.ts';
import { Place, type PlaceConfig } from './place.ts';
import { PLACE_HELP, PLACE_OPTIONS, readPlace } from './place-options.ts';
import { placeText, unitText } from './place-text.ts';
import { formatOf } from './read.ts';
import { failureText } from './report-failure.ts';
import { FORMAT_HELP, FORMAT_OPTIONS } from './value-format.ts';
import { isBroadcast, type Written, writeChecked } from './write-checked.ts';
import { readTarget, type Target, textOf } from './write-target.ts';

const HELP = `gatehouse modbus write ADDRESS VALUE... - writes coils or holding registers of a device

Reads what is there, asks, writes once, and reads back. A VALUE is a number, also 0x1f; for coils 0, 1, off or on. A range takes as many
values as it has room for. Whoever writes moves a machine: nothing is written without an answer of yes, or --yes.

${PLACE_HELP}
${FORMAT_HELP}
  --multiple             write even a single value by the function for several, which some devices want
  --yes                  do not ask
  --json                 print one JSON object: time, place, unit, address, before, wanted, after, outcome

Exit codes:
  0   written: the device confirmed it, and where it can be read it reads as written
  1   not written
  3   sent and not confirmed: no answer came, or it reads otherwise afterwards

Examples:
  gatehouse modbus write --tcp 192.168.1.20 coil:1 on
  gatehouse modbus write --tcp 192.168.1.20 holding:4 71.5 --scale 0.1
  gatehouse modbus write --serial /dev/ttyUSB0 --unit 3 holding:100-101 1 -5 --type i16 --yes
  gatehouse modbus write --gateway gateway.json --device pump holding:20 3.5 --type f32
`;

export const WRITE: Command = { summary: 'write to a Modbus device, and read back', help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const options = {
    ...PLACE_OPTIONS,
    ...FORMAT_OPTIONS,
    multiple: { type: 'boolean' },
    yes: { type: 'boolean' },
    json: { type: 'boolean' },
  } as const;
  const { values, words } = parseWords(args, options);
  const target = readTarget(words, formatOf(values), values.multiple === true);
  const config = readPlace(values);
  const isAsked = values.yes !== true;
  if (isAsked && !process.stdin.isTTY)
    throw usage('nothing is written without being asked on a terminal; --yes answers beforehand');
  const place = await Place.open(config);
  const client = place.client();
  try {
    const written = await writeChecked({
      place,
      client,
      config,
      target,
      ask: (before) => ask(isAsked, config, target, before),
    });
    if (values.json === true) process.stdout.write(`${JSON.stringify(reportOf(written, config, target.request))}\n`);
    else print(written, target);
    return { confirmed: EXIT.done, unconfirmed: EXIT.unconfirmed, refused: EXIT.refused, declined: EXIT.refused }[
      written.outcome
    ];
  } finally {
    client.close();
    await place.close();
  }
}

async function ask(isAsked: boolean, config: PlaceConfig, target: Target, before: readonly number[] | undefined) {
  if (!isAsked) return true;
  const whom = isBroadcast(config) ? `ALL units of the line at ${placeText(config)}` : unitText(config);
  process.stderr.write(`${whom}\n${changes(target, before, target.words)}`);
  return confirm('Write this?');
}

function print({ before, after, outcome, why }: Written, target: Target): void {
  if (outcome === 'declined') {
    process.stderr.write('nothing was written\n');
    return;
  }
  if (outcome !== 'refused') process.stdout.write(changes(target, before, after));
  if (why === undefined) process.stderr.write('written; the device confirmed it\n');
  else process.stderr.write(`gatehouse: ${failureText(why)}`);
}

/** `holding:4  100 -> 250`, a line for each value. */
function changes(target: Target, before: readonly number[] | undefined, after: readonly number[] | undefined): string {
  const [from, to] = [textOf(target, before), textOf(target, after)];
  return target.addresses.map((address, index) => `  ${address}  ${from[index]} -> ${to[index]}\n`).join('');
}

function reportOf({ before, after, outcome, why }: Written, place: PlaceConfig, request: WriteRequest) {
  return {
    time: new Date().toISOString(),
    place: placeText(place),
    unit: place.config.unitId,
    address: formatRange(request),
    ...(before === undefined ? {} : { before }),
    wanted: [...request.values],
    ...(after === undefined ? {} : { after }),
    outcome,
    ...(why === undefined ? {} : { code: why.code, message: why.message }),
  };
}
