import { setTimeout as delay } from 'node:timers/promises';
import { parseWords, wholeNumber } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { EXIT } from '../exit.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { Place } from './place.ts';
import { PLACE_HELP, PLACE_OPTIONS, readPlace } from './place-options.ts';
import { formatOf } from './read.ts';
import { readValues } from './read-values.ts';
import { readSelections } from './selection.ts';
import { FORMAT_HELP, FORMAT_OPTIONS } from './value-format.ts';
import { WatchLog } from './watch-log.ts';

const HELP = `gatehouse modbus watch ADDRESS... - reads registers again and again, and shows what changes

Addresses and types are those of gatehouse modbus read. Prints all values once, then a line for each that changes. When the device is
away it says so and goes on. Ctrl-C ends it.

${PLACE_HELP}
${FORMAT_HELP}
  --interval MS          from one round to the next; 1000 unless given
  --count N              end after so many rounds
  --json                 print one JSON object a round: time, values (address, value, words), changed, failures

Exit code 1 if no round could be read.

Examples:
  gatehouse modbus watch --tcp 192.168.1.20 input:0-9 coil:0-1
  gatehouse modbus watch --serial /dev/ttyUSB0 --baud 9600 --unit 3 holding:100 --type i16 --scale 0.1 --interval 200
  gatehouse modbus watch --gateway gateway.json --device pump input:8 --type f32 --json --count 60
`;

export const WATCH: Command = { summary: 'watch registers of a Modbus device', help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const options = {
    ...PLACE_OPTIONS,
    ...FORMAT_OPTIONS,
    interval: { type: 'string' },
    count: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values, words } = parseWords(args, options);
  const selections = readSelections(words, formatOf(values));
  const intervalMs = wholeNumber(values.interval ?? '1000', '--interval', 10, 86_400_000);
  const rounds = values.count === undefined ? Number.POSITIVE_INFINITY : wholeNumber(values.count, '--count', 1, 1e9);
  const config = readPlace(values);
  const place = await Place.open(config);
  const client = place.client();
  const stop = stopOnSignal(() => client.close());
  const log = new WatchLog({ place: config, timeoutMs: client.timeoutMs, isJson: values.json === true });
  try {
    let dueAt = performance.now();
    for (let round = 1; ; round++) {
      const startedAt = performance.now();
      const readings = await readValues(client, selections);
      if (stop.aborted) break;
      log.round(readings, performance.now() - startedAt);
      if (round === rounds) break;
      const isLost = readings.some((reading) => reading.kind === 'failure' && reading.failure.kind === 'lost');
      if (isLost) {
        await place.outwait(client.timeoutMs, stop);
        if (stop.aborted) break;
        client.renew();
      }
      // Rounds are due at multiples of the interval; those that are missed are left out.
      dueAt += intervalMs * Math.max(1, Math.ceil((performance.now() - dueAt) / intervalMs));
      await delay(dueAt - performance.now(), undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) break;
    }
    return log.end() ? EXIT.done : EXIT.refused;
  } finally {
    client.close();
    await place.close();
  }
}
