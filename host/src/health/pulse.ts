import type { Clock, Timer } from '../drivers/clock.ts';

/** How often the cells are asked whether they still answer. */
export const BEAT_MS = 5_000;
/** The same until each of them has answered once, so that a start is noticed soon. */
const STARTING_MS = 100;

/** A cell as the pulse sees it. */
export interface PulsedCell {
  /** For people, such as `the thread of the modules`. */
  readonly name: string;
  /** How long it may leave the host without an answer. */
  readonly silenceMaxMs: number;
  /** It has nothing to run, so that there is nobody to answer. */
  readonly isIdle: boolean;
  /** Asks its thread, if it has one; asking again before the answer costs nothing. */
  ping(answered: () => void): void;
}

/** How long a cell has left the host without an answer. */
export interface CellSilence {
  readonly name: string;
  /** 0 when it has answered all that it was asked. */
  readonly silentMs: number;
  readonly silenceMaxMs: number;
}

export interface PulseOptions {
  readonly cells: readonly PulsedCell[];
  readonly clock: Clock;
  readonly everyMs: number;
  /**
   * Called on the main thread at each beat. `isAnswered`: every cell has answered since the beat before, so that the event loops of
   * all threads turn.
   */
  readonly onBeat: (isAnswered: boolean) => void;
}

interface Asked {
  readonly cell: PulsedCell;
  /** Since when it owes an answer. */
  askedAt: number | undefined;
  hasAnswered: boolean;
}

/** Asks every cell, again and again, whether it still answers. A beat is only what their answers make of it: no timer can fake it. */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #asked: readonly Asked[];
  #timer: Timer | undefined;
  #isStarted = false;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#asked = options.cells.map((cell) => ({ cell, askedAt: undefined, hasAnswered: false }));
  }

  /** Whether every cell has answered once, which it does after it has started its modules. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  open(): void {
    this.#beat();
  }

  close(): void {
    this.#timer?.cancel();
  }

  silences(): CellSilence[] {
    const now = this.#options.clock.now();
    return this.#asked.map(({ cell: { name, silenceMaxMs, isIdle }, askedAt }) => ({
      ...{ name, silenceMaxMs },
      silentMs: isIdle || askedAt === undefined ? 0 : now - askedAt,
    }));
  }

  #beat(): void {
    const { clock, everyMs, onBeat } = this.#options;
    const isAnswered = this.#asked.every(
      ({ cell, askedAt, hasAnswered }) => cell.isIdle || (hasAnswered && askedAt === undefined),
    );
    this.#isStarted ||= isAnswered;
    onBeat(isAnswered);
    for (const asked of this.#asked) {
      if (asked.cell.isIdle) asked.askedAt = undefined;
      else this.#ask(asked);
    }
    this.#timer = clock.after(this.#isStarted ? everyMs : Math.min(STARTING_MS, everyMs), () => this.#beat());
  }

  #ask(asked: Asked): void {
    asked.askedAt ??= this.#options.clock.now();
    asked.cell.ping(() => {
      asked.askedAt = undefined;
      asked.hasAnswered = true;
    });
  }
}
