/** Every code that a control message can be refused with, and one sentence. */
export const AIR_ERRORS = {
  CONTROL_TOO_LONG: 'A control message is longer than a line may be.',
  CONTROL_SYNTAX: 'A control message is not a JSON object.',
  CONTROL_UNKNOWN: 'A control message has a kind, or a field, that does not exist.',
  CONTROL_VALUE: 'A field of a control message is missing or not what it must be.',
  NO_CONTROLLER: 'There is no controller with this number.',
  NO_LINK: 'The controllers have no link with each other.',
  NO_SUCH_STATE: 'The adapter is already plugged in, or already out.',
  TTY_LOST: 'The tty of a controller could not be made.',
} as const;

export type AirErrorCode = keyof typeof AIR_ERRORS;

export interface AirErrorDetails {
  /** The field, or `message` for all of it. */
  readonly place: string;
  readonly expected: string;
  readonly got: string;
}

const GOT_MAX = 100;

/** Why the air does not do what it was asked for. */
export class AirError extends Error {
  readonly code: AirErrorCode;
  readonly details: AirErrorDetails;

  constructor(code: AirErrorCode, details: AirErrorDetails, cause?: unknown) {
    super(`${code}: ${details.place}: expected ${details.expected}, got ${details.got}`, { cause });
    this.name = 'AirError';
    this.code = code;
    this.details = details;
  }
}

/** A value as an error shows it, on one line of limited length. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > GOT_MAX ? `${text.slice(0, GOT_MAX)}...` : text;
}
