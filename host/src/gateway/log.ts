import type { ErrorCode } from '../errors.ts';
import { escapeControls } from '../security/index.ts';

/** Severities of syslog. */
export const LEVEL = { error: 3, warning: 4, info: 6, debug: 7 } as const;
export type LogLevel = (typeof LEVEL)[keyof typeof LEVEL];

/** One thing to say to whoever looks after the gateway. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly text: string;
  /** The module it is about; absent: the host itself. */
  readonly module?: string;
  readonly code?: ErrorCode;
  /** How often it happened, if more than once. */
  readonly count?: number;
  /** More for programs; plain JSON values. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export type Log = (entry: LogEntry) => void;

/**
 * One line of the log as text: `<6> 2026-05-04 10:11:12.345 +00:00 [module] text (CODE)`, the format of IoT Edge, whose
 * first field journald takes as the severity. Control characters are escaped, so that a module cannot forge a line.
 */
export function formatLogLine(entry: LogEntry, timeMs: number): string {
  const time = new Date(timeMs).toISOString().replace('T', ' ').replace('Z', ' +00:00');
  const from = entry.module === undefined ? 'host' : entry.module;
  const code = entry.code === undefined ? '' : ` (${entry.code})`;
  return `<${entry.level}> ${time} [${from}] ${escapeControls(entry.text)}${code}`;
}
