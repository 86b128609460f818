import { AirError, shown } from './air-error.ts';

/** What the control channel can ask for. `docs/ble-simulator.md` says what each does. */
export type ControlMessage =
  | { readonly kind: 'drop'; readonly controller: number; readonly peer?: number }
  | { readonly kind: 'silence'; readonly controller: number }
  | { readonly kind: 'resume'; readonly controller: number }
  | { readonly kind: 'rssi'; readonly controller: number; readonly dbm: number }
  | { readonly kind: 'delay'; readonly controller: number; readonly ms: number }
  | {
      readonly kind: 'corrupt';
      readonly controller: number;
      readonly how: 'flip' | 'cut';
      readonly at: number;
      readonly packets: number;
    }
  | { readonly kind: 'unplug'; readonly controller: number }
  | { readonly kind: 'plug'; readonly controller: number }
  | { readonly kind: 'status' };

type ControlKind = ControlMessage['kind'];

interface Field {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  readonly isOptional?: true;
}

const whole = (min: number, max: number): Field => ({
  expected: `a whole number from ${min} to ${max}`,
  accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
});
const oneOf = (...words: string[]): Field => ({
  expected: words.map((word) => `"${word}"`).join(' or '),
  accepts: (value) => typeof value === 'string' && words.includes(value),
});

/** Most controllers of one air. */
export const CONTROLLERS_MAX = 64;
const CONTROLLER = whole(0, CONTROLLERS_MAX - 1);
const DELAY_MAX_MS = 60_000;
const ATT_BYTES_MAX = 512;

/** The fields of every kind of message, besides `kind`. */
export const CONTROL_FIELDS: Readonly<Record<ControlKind, Readonly<Record<string, Field>>>> = {
  drop: { controller: CONTROLLER, peer: { ...CONTROLLER, isOptional: true } },
  silence: { controller: CONTROLLER },
  resume: { controller: CONTROLLER },
  rssi: { controller: CONTROLLER, dbm: whole(-127, 20) },
  delay: { controller: CONTROLLER, ms: whole(0, DELAY_MAX_MS) },
  corrupt: {
    controller: CONTROLLER,
    how: oneOf('flip', 'cut'),
    at: whole(0, ATT_BYTES_MAX),
    packets: whole(0, 1_000_000),
  },
  unplug: { controller: CONTROLLER },
  plug: { controller: CONTROLLER },
  status: {},
};

/** Longest text of a message, in bytes. */
export const CONTROL_BYTES_MAX = 1024;

/** Reads one line of the control channel; throws an `AirError` that says where it is wrong. */
export function decodeControlMessage(line: Buffer): ControlMessage {
  if (line.byteLength > CONTROL_BYTES_MAX) {
    const details = { place: 'message', expected: `at most ${CONTROL_BYTES_MAX} bytes`, got: `${line.byteLength}` };
    throw new AirError('CONTROL_TOO_LONG', details);
  }
  const message = parse(line.toString());
  const { kind } = message;
  if (typeof kind !== 'string' || !isKind(kind)) {
    const expected = `one of ${Object.keys(CONTROL_FIELDS).join(', ')}`;
    throw new AirError('CONTROL_UNKNOWN', { place: 'kind', expected, got: shown(kind) });
  }
  const fields = CONTROL_FIELDS[kind];
  for (const name of Object.keys(message)) {
    if (name === 'kind' || Object.hasOwn(fields, name)) continue;
    const expected = `only ${['kind', ...Object.keys(fields)].join(', ')}`;
    throw new AirError('CONTROL_UNKNOWN', { place: name, expected, got: shown(message[name]) });
  }
  for (const [place, { expected, accepts, isOptional }] of Object.entries(fields)) {
    if (isOptional && !Object.hasOwn(message, place)) continue;
    if (!accepts(message[place])) throw new AirError('CONTROL_VALUE', { place, expected, got: shown(message[place]) });
  }
  return message as unknown as ControlMessage;
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AirError('CONTROL_SYNTAX', { place: 'message', expected: 'a JSON object', got: shown(text) }, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AirError('CONTROL_SYNTAX', { place: 'message', expected: 'a JSON object', got: shown(value) });
  return value as Record<string, unknown>;
}

function isKind(kind: string): kind is ControlKind {
  return Object.hasOwn(CONTROL_FIELDS, kind);
}
