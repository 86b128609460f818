import { parseArgs } from 'node:util';
import { CONTROLLERS_MAX } from './control-message.ts';

export interface AirArguments {
  /** Undefined: a temporary one. */
  readonly folder: string | undefined;
  readonly controllers: number;
  readonly hasTtys: boolean;
  readonly endsWithStdin: boolean;
}

export const AIR_HELP = `Bluetooth controllers without a radio, which hear each other.

Usage: node --import tsx tools/simulators/ble/main.ts [options]

  --controllers N     how many, 1 to ${CONTROLLERS_MAX} (default 2)
  --folder PATH       where the sockets and ttys appear (default: a new temporary folder)
  --no-ttys           only sockets; without it socat makes a tty for each controller
  --end-with-stdin    stop when standard input ends, so that the air never outlives who started it
  --help              this text

One JSON line on standard output says where everything is. Control messages are read from standard input and from
control.sock in the folder, one JSON object a line; each is answered by one line. The air ends at SIGTERM and SIGINT.
docs/ble-simulator.md has the messages and an example.
`;

/** Reads the command line; throws an `Error` with a sentence for the user. `'help'` when help is asked for. */
export function parseAirArguments(args: readonly string[]): AirArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      controllers: { type: 'string', default: '2' },
      folder: { type: 'string' },
      'no-ttys': { type: 'boolean', default: false },
      'end-with-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const controllers = Number(values.controllers);
  if (!/^\d+$/.test(values.controllers) || controllers < 1 || controllers > CONTROLLERS_MAX)
    throw new Error(`--controllers: expected a whole number from 1 to ${CONTROLLERS_MAX}, got "${values.controllers}"`);
  return { folder: values.folder, controllers, hasTtys: !values['no-ttys'], endsWithStdin: values['end-with-stdin'] };
}
