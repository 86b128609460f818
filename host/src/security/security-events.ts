import type { ErrorCode } from '../errors.ts';
import { REPORT_LIMITS } from '../limits.ts';
import { type SecurityEvent, type SecuritySubject, securityText } from './security-event.ts';
import { type SecurityKind, securityKindOf } from './security-kind.ts';

/** How often events of the same code and subject are told. */
const TELL_EVERY_MS = 60_000;
/** Pairs of code and subject that are told apart; a deployment of 1,024 modules cannot make more than a few of each. */
const SUBJECTS_MAX = REPORT_LIMITS.securitySubjects;
/** Events that `recent` keeps. */
const RECENT_MAX = 16;

export interface SecurityClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never steps back. */
  monotonic(): number;
}

export interface SecurityReport extends SecuritySubject {
  readonly code: ErrorCode;
  readonly text: string;
  /** How often it happened; 1 if not given. */
  readonly count?: number;
}

/** What was counted of one code and subject. */
export interface SecurityTotal extends SecuritySubject {
  readonly kind: SecurityKind;
  readonly code: ErrorCode;
  readonly total: number;
}

interface Record extends SecuritySubject {
  readonly kind: SecurityKind;
  readonly code: ErrorCode;
  text: string;
  total: number;
  untold: number;
  toldAt: number;
}

/**
 * Collects what concerns security. The first of a code and subject is told at once, what follows at most once a minute with
 * its number, so that nobody can flood those who listen, or hide one event behind many of another.
 */
export class SecurityEvents {
  readonly #clock: SecurityClock;
  readonly #listeners: ((event: SecurityEvent) => void)[] = [];
  readonly #records = new Map<string, Record>();
  readonly #untold = new Set<Record>();
  readonly #recent: SecurityEvent[] = [];
  #sequence = 0;

  constructor(clock: SecurityClock) {
    this.#clock = clock;
  }

  /** Adds someone who is told of each event. None of them may throw. */
  listen(listener: (event: SecurityEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Counts something and tells it, now or later. Codes that do not concern security are passed over. */
  report(report: SecurityReport): void {
    const kind = securityKindOf(report.code);
    if (kind === undefined) return;
    const record = this.#recordOf(report, kind);
    const count = report.count ?? 1;
    record.text = report.text;
    record.total += count;
    record.untold += count;
    if (this.#clock.monotonic() - record.toldAt >= TELL_EVERY_MS) this.#tell(record);
    else this.#untold.add(record);
  }

  /** Tells what had to wait and may be told now. */
  tellDue(): void {
    const now = this.#clock.monotonic();
    for (const record of this.#untold) if (now - record.toldAt >= TELL_EVERY_MS) this.#tell(record);
  }

  /** Tells everything that had to wait. */
  tellAll(): void {
    for (const record of this.#untold) this.#tell(record);
  }

  /** The last events, oldest first. */
  get recent(): readonly SecurityEvent[] {
    return this.#recent;
  }

  *totals(): Iterable<SecurityTotal> {
    for (const { untold, toldAt, text, ...total } of this.#records.values()) yield total;
  }

  #recordOf({ code, module, identity }: SecurityReport, kind: SecurityKind): Record {
    let key = JSON.stringify([code, module, identity]);
    let subject: SecuritySubject = {
      ...(module === undefined ? {} : { module }),
      ...(identity === undefined ? {} : { identity }),
    };
    if (!this.#records.has(key) && this.#records.size >= SUBJECTS_MAX) {
      key = code;
      subject = {};
    }
    let record = this.#records.get(key);
    if (record === undefined) {
      record = { ...subject, kind, code, text: '', total: 0, untold: 0, toldAt: Number.NEGATIVE_INFINITY };
      this.#records.set(key, record);
    }
    return record;
  }

  #tell(record: Record): void {
    const { untold: count, toldAt, text, ...rest } = record;
    record.untold = 0;
    record.toldAt = this.#clock.monotonic();
    this.#untold.delete(record);
    this.#sequence++;
    const time = this.#clock.now();
    const event: SecurityEvent = { sequence: this.#sequence, time, ...rest, text: securityText(text), count };
    this.#recent.push(event);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    for (const listener of this.#listeners) listener(event);
  }
}
