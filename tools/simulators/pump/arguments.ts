import { parseArgs } from 'node:util';
import { FAULTS, type FaultName, type FaultPlan } from './fault-plan.ts';

export interface PumpArguments {
  readonly host: string;
  readonly port: number;
  readonly unitId: number;
  readonly seed: number;
  readonly plan: FaultPlan;
  readonly endsWithStdin: boolean;
}

const FAULT_HELP = Object.entries(FAULTS)
  .map(([name, text]) => `    ${name.padEnd(14)}${text}`)
  .join('\n');

export const PUMP_HELP = `A rod pump with a physical model behind a real Modbus TCP server.

Usage: node --import tsx tools/simulators/pump/main.ts [options]

  --port N            port to listen on; 0 (default) lets the system choose
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --unit N            unit id that is answered, 1 to 247 (default 1)
  --fault NAME        what goes wrong (default none):
${FAULT_HELP}
  --fault-after S     seconds until it goes wrong (default 15)
  --fault-for S       seconds until it is well again (default: never)
  --seed N            seed of the sensor noise (default 1): the same seed, the same noise
  --end-with-stdin    stop when standard input ends, so that the pump never outlives who started it
  --help              this text

Events are printed as JSON lines: started, fault, limit-crossed, coil-written, register-written, stopped, summary (at SIGTERM or
SIGINT). The register map is in tools/simulators/pump/README.md.

Example: node --import tsx tools/simulators/pump/main.ts --port 5020 --fault gas-lock --fault-after 15
         mbpoll -m tcp -p 5020 -0 -t 3 -r 0 -c 8 -1 127.0.0.1      read eight measurements
         mbpoll -m tcp -p 5020 -0 -t 0 -r 1 127.0.0.1 1            stop the pump
`;

/** Reads the command line; throws an `Error` with a sentence for the user. `'help'` when help is asked for. */
export function parsePumpArguments(args: readonly string[]): PumpArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      unit: { type: 'string', default: '1' },
      fault: { type: 'string', default: 'none' },
      'fault-after': { type: 'string', default: '15' },
      'fault-for': { type: 'string' },
      seed: { type: 'string', default: '1' },
      'end-with-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (!isFaultName(values.fault)) {
    throw new Error(`--fault: expected one of ${Object.keys(FAULTS).join(', ')}, got "${values.fault}"`);
  }
  const forSeconds = values['fault-for'];
  return {
    host: values.host,
    port: numberOf('--port', values.port, 0, 65_535, true),
    unitId: numberOf('--unit', values.unit, 1, 247, true),
    seed: numberOf('--seed', values.seed, 0, 0xffffffff, true),
    endsWithStdin: values['end-with-stdin'],
    plan: {
      fault: values.fault,
      afterSeconds: numberOf('--fault-after', values['fault-after'], 0, 1e6),
      ...(forSeconds === undefined ? {} : { forSeconds: numberOf('--fault-for', forSeconds, 0, 1e6) }),
    },
  };
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

function numberOf(option: string, text: string, min: number, max: number, isWhole = false): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max) || (isWhole && !Number.isInteger(value))) {
    throw new Error(
      `${option}: expected ${isWhole ? 'a whole number' : 'a number'} from ${min} to ${max}, got "${text}"`,
    );
  }
  return value;
}
