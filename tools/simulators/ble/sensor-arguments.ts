import { parseArgs } from 'node:util';

export interface SensorArguments {
  readonly tty: string;
  readonly name: string;
  readonly intervalMs: number;
  readonly seed: number;
  readonly endsWithStdin: boolean;
}

const NAME_BYTES_MAX = 29; // what a scan response has room for

export const SENSOR_HELP = `A Bluetooth sensor of temperature, humidity and pressure, on bleno behind a virtual controller.

Usage: node --import tsx tools/simulators/ble/sensor.ts --tty PATH [options]

  --tty PATH          serial port of the controller, as tools/simulators/ble/main.ts names it
  --name TEXT         what it advertises, at most ${NAME_BYTES_MAX} bytes (default "gatehouse-sensor")
  --interval-ms N     time from one sample to the next, 10 to 3600000 (default 1000)
  --seed N            seed of the values (default 1): the same seed, the same values
  --end-with-stdin    stop when standard input ends, so that the sensor never outlives who started it
  --help              this text

Services: environmental sensing (181a) with temperature, humidity and pressure, battery (180f), device information (180a).
Events are printed as JSON lines: started, connected, disconnected. Ends at SIGTERM, at SIGINT and when its adapter is lost.
`;

/** Reads the command line; throws an `Error` with a sentence for the user. `'help'` when help is asked for. */
export function parseSensorArguments(args: readonly string[]): SensorArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tty: { type: 'string' },
      name: { type: 'string', default: 'gatehouse-sensor' },
      'interval-ms': { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      'end-with-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.tty === undefined || values.tty === '') throw new Error('--tty: expected the path of a serial port');
  const nameBytes = Buffer.byteLength(values.name);
  // bleno counts characters where it makes room for bytes, so a name with others than ASCII would be cut.
  if (!/^[\x20-\x7e]+$/.test(values.name) || nameBytes > NAME_BYTES_MAX)
    throw new Error(`--name: expected 1 to ${NAME_BYTES_MAX} ASCII characters, got "${values.name}"`);
  return {
    tty: values.tty,
    name: values.name,
    intervalMs: wholeOf('--interval-ms', values['interval-ms'], 10, 3_600_000),
    seed: wholeOf('--seed', values.seed, 0, 0xffffffff),
    endsWithStdin: values['end-with-stdin'],
  };
}

function wholeOf(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`${option}: expected a whole number from ${min} to ${max}, got "${text}"`);
}
