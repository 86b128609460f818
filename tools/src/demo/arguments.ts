import { parseArgs } from 'node:util';
import { FAULTS, type FaultName } from '../../simulators/pump/fault-plan.ts';

/** What the command line of the demonstration asks for. */
export interface DemoArguments {
  /** Ends by itself after so many seconds; without it, when asked to. */
  readonly seconds: number | undefined;
  readonly json: boolean;
  readonly fault: FaultName;
  readonly faultAfterSeconds: number;
  readonly seed: number;
  /** Ports of broker and pump; 0 lets the system choose. */
  readonly brokerPort: number;
  readonly pumpPort: number;
  /** Takes the guard's write grant away. */
  readonly keepFaulty: boolean;
  readonly color: boolean;
}

const JSON_SECONDS = 30;

const FAULT_HELP = Object.entries(FAULTS)
  .map(([name, text]) => `      ${name.padEnd(14)}${text}`)
  .join('\n');

export const DEMO_HELP = `Gatehouse in one picture: a pump speaks Modbus, four sandboxed modules on the gateway translate, aggregate and judge its
readings, the pump is stopped at the edge when gas gets into it, and what matters goes upstream over MQTT. A Bluetooth sensor
stands beside it, in a virtual air: that needs Linux and socat (sudo apt install socat), and is left out without.

Usage: npm start -- [options]

  --seconds N         end by itself after N seconds (with --json: ${JSON_SECONDS} unless given)
  --json              no picture; the last line of standard output is one JSON object
  --fault NAME        what happens to the pump (default gas-lock):
${FAULT_HELP}
  --fault-after N     seconds until it happens (default 15)
  --keep-faulty       run the anomaly guard without its write grant: it sees the gas lock, asks, is denied, and the pump
                      goes on. Shows what a grant is worth
  --seed N            seed of the pump's sensor noise (default 1)
  --port N            port of the MQTT broker (default 0: any free one), to look on with mosquitto_sub
  --pump-port N       port of the pump's Modbus server (default 0: any free one), to look on with mbpoll
  --no-color          no colours; so does the environment variable NO_COLOR
  --help              this text

In a terminal: q or Ctrl-C ends. Elsewhere, without --json, progress is printed line by line.

The JSON object: telemetryPublished, aggregatesPublished, alarmsPublished (messages that arrived upstream), pumpStopped (the
simulator itself saw its stop coil written), reactionMs (by the simulator's clock, from the first limit crossed in a register to
that write; null if there is none), hostRssMb, modules, sensor (device, link, messages that arrived upstream, last values; null
without one), sensorMissing (why there is none).

Exit code: with --seconds or --json, 0 if the pump was stopped by its coil and 1 if not; 0 after q or Ctrl-C; 2 for a wrong
option.

Examples:
  npm start
  npm start -- --seconds 30 --json
  npm start -- --keep-faulty
  npm start -- --fault worn-valve --fault-after 5
  npm start -- --port 1884        and in a second terminal: mosquitto_sub -p 1884 -t 'devices/#' -v
`;

/** Reads the command line; throws an `Error` with a sentence for the user. `'help'` when help is asked for. */
export function parseDemoArguments(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): DemoArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string' },
      json: { type: 'boolean', default: false },
      fault: { type: 'string', default: 'gas-lock' },
      'fault-after': { type: 'string', default: '15' },
      seed: { type: 'string', default: '1' },
      port: { type: 'string', default: '0' },
      'pump-port': { type: 'string', default: '0' },
      'keep-faulty': { type: 'boolean', default: false },
      'no-color': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const fault = values.fault;
  if (!isFaultName(fault))
    throw new Error(`--fault: expected one of ${Object.keys(FAULTS).join(', ')}, got "${fault}"`);
  const seconds = values.seconds === undefined ? undefined : numberOf('--seconds', values.seconds, 1, 86_400);
  return {
    seconds: seconds ?? (values.json ? JSON_SECONDS : undefined),
    json: values.json,
    fault,
    faultAfterSeconds: numberOf('--fault-after', values['fault-after'], 0, 86_400),
    seed: wholeNumberOf('--seed', values.seed, 0, 0xffffffff),
    brokerPort: wholeNumberOf('--port', values.port, 0, 65_535),
    pumpPort: wholeNumberOf('--pump-port', values['pump-port'], 0, 65_535),
    keepFaulty: values['keep-faulty'],
    color: !values['no-color'] && (environment['NO_COLOR'] ?? '') === '',
  };
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

function numberOf(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new Error(`${option}: expected a number from ${min} to ${max}, got "${text}"`);
}

function wholeNumberOf(option: string, text: string, min: number, max: number): number {
  if (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  throw new Error(`${option}: expected a whole number from ${min} to ${max}, got "${text}"`);
}
