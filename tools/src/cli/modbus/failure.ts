import { type ErrorCode, GatehouseError } from '../../../../host/src/errors.ts';
import { exceptionText } from './exceptions.ts';
import type { PlaceConfig } from './place.ts';
import { settingsText } from './place-options.ts';
import type { Failure } from './unit-client.ts';

/** What went wrong in one sentence, and what to look at, most likely first. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly check: readonly string[];
}

/** Where a place is, for a person: `192.168.1.20 port 502`, `/dev/ttyUSB0 (19200-8E1)`. */
export function placeText({ config, lines }: PlaceConfig): string {
  if (config.type !== 'modbus-rtu') return `${config.host} port ${config.port}`;
  const line = lines[config.line]!;
  return `${line.path} (${settingsText(line)})`;
}

export const unitText = (place: PlaceConfig): string => `unit ${place.config.unitId} at ${placeText(place)}`;

/** Says why a request failed, for the person who stands before the device. */
export function explain(failure: Failure, place: PlaceConfig, timeoutMs: number): Explanation {
  switch (failure.kind) {
    case 'unreachable':
      return place.config.type === 'modbus-rtu'
        ? portFailure(failure.error, place)
        : connectFailure(failure.error, place);
    case 'refused': {
      const { name, check } = exceptionText(failure.exception);
      const message = `${unitText(place)} refuses with exception ${failure.exception}: ${name}`;
      return { code: 'DEVICE_EXCEPTION', message, check };
    }
    case 'lost':
      return lossText(failure.loss, place, timeoutMs);
    default:
      return failure satisfies never;
  }
}

/** The same, to be thrown. */
export function failureOf(failure: Failure, place: PlaceConfig, timeoutMs: number): GatehouseError {
  const { code, message, check } = explain(failure, place, timeoutMs);
  return new GatehouseError(code, message, { details: { check } });
}

/** A scan found nobody. */
export function nobodyAnswers(place: PlaceConfig, units: number, settings: number): GatehouseError {
  const tried = `${units} unit id${units === 1 ? '' : 's'}${settings === 1 ? '' : ` at ${settings} settings`}`;
  const where =
    settings === 1 || place.config.type !== 'modbus-rtu' ? placeText(place) : place.lines[place.config.line]!.path;
  const check =
    place.config.type === 'modbus-tcp'
      ? [
          'A device without a line behind it may want unit 0 or 255: --units 0-255.',
          'Behind a Modbus gateway: are the units powered, and is their line wired and set as the gateway expects?',
          'A gateway that waits long for a dead unit delays the next one: try a longer --timeout.',
        ]
      : silenceChecks(place).filter((line) => !line.includes('gatehouse modbus scan finds'));
  return new GatehouseError('DEVICE_TIMEOUT', `${where}: nobody answers; tried ${tried}`, { details: { check } });
}

function lossText(loss: (Failure & { kind: 'lost' })['loss'], place: PlaceConfig, timeoutMs: number): Explanation {
  switch (loss) {
    case 'timeout':
      return {
        code: 'DEVICE_TIMEOUT',
        message: `${unitText(place)} does not answer within ${timeoutMs} ms`,
        check: silenceChecks(place),
      };
    case 'closed':
      return {
        code: 'DEVICE_CLOSED',
        message: `${placeText(place)}: the connection ended before unit ${place.config.unitId} answered`,
        check: [
          'Many devices allow few connections at a time: does a gateway, a SCADA or a configuration program hold one?',
          'Some devices close when asked for a unit id that is not theirs: try --unit 1, 0 or 255.',
        ],
      };
    case 'bad-answer':
      return {
        code: 'DEVICE_PROTOCOL',
        message: `${placeText(place)}: what came is no answer of unit ${place.config.unitId}`,
        check: place.config.type === 'modbus-tcp' ? STRANGE_TCP : STRANGE_LINE,
      };
    case 'broadcast':
      return { code: 'WRITE_UNKNOWN', message: 'sent to all units of the line, of which none answers', check: [] };
    default:
      return loss satisfies never;
  }
}

const STRANGE_TCP = [
  'Is it Modbus TCP that the port speaks? A device server that hands frames on as they are needs --rtu-tcp.',
];
const STRANGE_LINE = [
  'Two devices with the same unit id answer at once: take one off the line.',
  'Damaged bytes: termination (120 ohms at both ends), shield, other parity or stop bits, a long cable at a high baud rate.',
  'Another master on the line, such as a gatehouse-host that runs: there can be only one.',
];

function silenceChecks({ config }: PlaceConfig): readonly string[] {
  const unit = `Is the unit id ${config.unitId}? gatehouse modbus scan finds those that answer.`;
  const slow = 'A slow device needs a longer --timeout.';
  if (config.type === 'modbus-tcp')
    return [
      unit,
      'A device without a line behind it often wants --unit 1, 0 or 255.',
      'Behind a Modbus gateway: is the unit powered, and is its line wired and set as the gateway expects?',
      slow,
    ];
  const settings =
    config.type === 'modbus-rtu'
      ? 'Are baud rate, parity and stop bits those of the device? gatehouse modbus scan --settings all tries the usual ones.'
      : 'Are baud rate, parity and stop bits of the device server those of the device?';
  return [
    'Is the device powered? Are A and B (D+ and D-) swapped? Many makers name them the other way round. Is the common wire there?',
    unit,
    settings,
    'Is the line terminated at both ends (120 ohms), and nowhere else?',
    'There can be one master only: is a gatehouse-host, a SCADA or a display on the same line?',
    slow,
  ];
}

function connectFailure(error: Error | undefined, place: PlaceConfig): Explanation {
  const where = placeText(place);
  const code = 'DEVICE_UNREACHABLE';
  const reason = codeOf(error);
  switch (reason) {
    case 'ECONNREFUSED':
      return {
        code,
        message: `${where} refuses the connection: a machine is there, and nothing listens on that port`,
        check: [
          'Is Modbus TCP switched on in the device? Many have it off, or allow it for some addresses only.',
          'Is it another port? Usual are 502 for Modbus TCP, and 4001, 4196, 8899 or 10001 for device servers (--rtu-tcp).',
          'Is it the right machine? Another one may have the address.',
        ],
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { code, message: `${where}: the name is not known (${reason})`, check: ['Try its address in numbers.'] };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        code,
        message: `${where}: there is no way to that address (${reason})`,
        check: [
          'Is the device powered and its cable in, with the lights of the socket on?',
          'Is this machine in the same network? Compare address and mask (ip address).',
        ],
      };
    case 'ECONNRESET':
      return {
        code,
        message: `${where} ends the connection at once`,
        check: ['Its connections may all be taken, or it accepts some addresses only.'],
      };
    default:
      return {
        code,
        message: `${where} cannot be connected to: ${reason ?? error?.message ?? 'no answer'}`,
        check: [
          'Is the device powered, its cable in, and the address right? Does it answer to ping?',
          'Is a firewall between, or this machine in another network?',
        ],
      };
  }
}

function portFailure(error: Error | undefined, { config, lines }: PlaceConfig): Explanation {
  const path = config.type === 'modbus-rtu' ? lines[config.line]!.path : '';
  const why = error?.message ?? 'no answer';
  const code = 'DEVICE_UNREACHABLE';
  if (/no such file/i.test(why))
    return {
      code,
      message: `there is no port ${path}`,
      check: [
        'Is the adapter plugged in? Its name may have changed: ls /dev/serial/by-id /dev/ttyUSB* /dev/ttyACM*',
        'A name below /dev/serial/by-id stays the same when plugs change.',
      ],
    };
  if (/permission denied/i.test(why))
    return {
      code,
      message: `${path} may not be opened by this user`,
      check: ['On Debian the group dialout may: sudo usermod -aG dialout $USER, then log in again.'],
    };
  if (/lock|busy/i.test(why))
    return {
      code,
      message: `${path} is in use by another program`,
      check: [
        `A gatehouse-host that has this line keeps it open: stop it as long as you need the line (fuser ${path} says who).`,
      ],
    };
  return { code, message: `${path} cannot be opened: ${why}`, check: ['Does the adapter support these settings?'] };
}

const codeOf = (error: Error | undefined): string | undefined =>
  error !== undefined && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
