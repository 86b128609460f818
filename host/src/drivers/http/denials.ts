import type { Clock } from '../clock.ts';

const TELL_EVERY_MS = 60_000;

/** Told of what a module was denied: how often since the last time, and a sentence on the last one. */
export type TellDenied = (module: string, text: string, count: number) => void;

/** What the driver denies modules, after the cell let it pass: told at once at first, then once a minute with its number. */
export class Denials {
  readonly #clock: Clock;
  readonly #tell: TellDenied;
  readonly #modules = new Map<string, { text: string; untold: number; toldAt: number }>();

  constructor(clock: Clock, tell: TellDenied) {
    this.#clock = clock;
    this.#tell = tell;
  }

  add(module: string, text: string): void {
    const { untold = 0, toldAt = Number.NEGATIVE_INFINITY } = this.#modules.get(module) ?? {};
    const record = { text, untold: untold + 1, toldAt };
    this.#modules.set(module, record);
    if (this.#clock.now() - toldAt >= TELL_EVERY_MS) this.#tellOf(module, record);
  }

  /** Tells what has not been told yet. */
  flush(): void {
    for (const [module, record] of this.#modules) if (record.untold > 0) this.#tellOf(module, record);
  }

  #tellOf(module: string, record: { text: string; untold: number; toldAt: number }): void {
    this.#tell(module, record.text, record.untold);
    record.untold = 0;
    record.toldAt = this.#clock.now();
  }
}
