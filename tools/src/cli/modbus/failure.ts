import { type ErrorCode, GatehouseError } from '../../../../host/src/errors.ts';
import { exceptionText } from './exceptions.ts';
import { STRANGE_LINE, STRANGE_TCP, silenceChecks } from './line-checks.ts';
import type { PlaceConfig } from './place.ts';
import { placeText, unitText } from './place-text.ts';
import type { Failure } from './unit-client.ts';
import { connectFailure, portFailure } from './unreachable.ts';

/** What went wrong in one sentence, and what to look at, most likely first. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly check: readonly string[];
}

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
