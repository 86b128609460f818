import type { Clock } from './clock.ts';

const TELL_EVERY_MS = 60_000;

/** Told of what somebody was denied: how often since the last time, and a sentence on the last one. */
export type TellDenied = (subject: string, text: string, count: number) => void;

/**
 * What a driver denies modules, after the cell let it pass, leaf devices or clients: told at once at first, then once a minute
 * with its number. Subjects are names that a configuration or the code has, so that there are not more and more of them.
 */
export class Denials {
  readonly #clock: Clock;
  readonly #tell: TellDenied;
  readonly #subjects = new Map<string, { text: string; untold: number; toldAt: number }>();

  constructor(clock: Clock, tell: TellDenied) {
    this.#clock = clock;
    this.#tell = tell;
  }

  add(subject: string, text: string): void {
    const { untold = 0, toldAt = Number.NEGATIVE_INFINITY } = this.#subjects.get(subject) ?? {};
    const record = { text, untold: untold + 1, toldAt };
    this.#subjects.set(subject, record);
    if (this.#clock.now() - toldAt >= TELL_EVERY_MS) this.#tellOf(subject, record);
  }

  /** Tells what has not been told yet. */
  flush(): void {
    for (const [subject, record] of this.#subjects) if (record.untold > 0) this.#tellOf(subject, record);
  }

  #tellOf(subject: string, record: { text: string; untold: number; toldAt: number }): void {
    this.#tell(subject, record.text, record.untold);
    record.untold = 0;
    record.toldAt = this.#clock.now();
  }
}
