import type { ErrorCode } from '../errors.ts';
import { REPORT_LIMITS } from '../limits.ts';
import { escapeControls } from './escape-controls.ts';
import type { SecurityKind } from './security-kind.ts';

/** Whom an event is about. Neither: the gateway as a whole. */
export interface SecuritySubject {
  readonly module?: string;
  /** Device, or device/module, at the hub. */
  readonly identity?: string;
}

/** Something that an operator who watches for attacks should see: one of a kind, or many of the same at once. */
export interface SecurityEvent extends SecuritySubject {
  /** Counts the events of this run of the gateway from 1: a gap shows that some are missing. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: SecurityKind;
  readonly code: ErrorCode;
  readonly text: string;
  /** How often since the last event of this code and subject. */
  readonly count: number;
  /** How often since the gateway started. */
  readonly total: number;
}

/** Most characters of the text of an event. */
export const SECURITY_TEXT_MAX = REPORT_LIMITS.securityTextCharacters;

/** An event as one JSON object, in ASCII: nothing that a module says can end the line or make it look like another. */
export function securityEventJson(event: SecurityEvent): string {
  const { time, ...rest } = event;
  const json = JSON.stringify({ time: new Date(time).toISOString(), ...rest });
  return json.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text of any origin as the text of an event. */
export function securityText(text: string): string {
  const plain = escapeControls(text.length > SECURITY_TEXT_MAX ? text.slice(0, SECURITY_TEXT_MAX) : text);
  return plain.length > SECURITY_TEXT_MAX || text.length > SECURITY_TEXT_MAX
    ? `${plain.slice(0, SECURITY_TEXT_MAX - 3)}...`
    : plain;
}
