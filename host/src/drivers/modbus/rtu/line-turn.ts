import type { Clock, Timer } from '../../clock.ts';
import type { Exchange, Loss } from '../exchange.ts';
import type { AnswerFinder, FoundAnswer } from './answer-finder.ts';
import type { LineUnit } from './line-unit.ts';
import { BROADCAST } from './rtu-frame.ts';

export interface LineTurnOptions {
  readonly unit: LineUnit;
  readonly exchange: Exchange;
  /** Time until its end: the deadline of the answer, or what all units are given after a broadcast. */
  readonly waitMs: number;
  /** Silence after which an answer that has begun is given up. */
  readonly stallMs: number;
  readonly finder: AnswerFinder;
  readonly clock: Clock;
  /** It ends without an answer; called once, and not when one was found. */
  readonly over: (loss: Loss) => void;
}

/** One request that is under way on a line. */
export class LineTurn {
  readonly unit: LineUnit;
  readonly exchange: Exchange;
  readonly isBroadcast: boolean;
  readonly #options: LineTurnOptions;
  readonly #deadline: number;
  #timer: Timer;
  #heardAt = 0;

  constructor(options: LineTurnOptions) {
    const { unit, exchange, waitMs, finder, clock } = options;
    this.unit = unit;
    this.exchange = exchange;
    this.isBroadcast = unit.unitId === BROADCAST;
    this.#options = options;
    this.#deadline = clock.now() + waitMs;
    this.#timer = clock.after(waitMs, () => this.#look());
    finder.reset();
  }

  /** What is left until its deadline. */
  get leftMs(): number {
    return Math.max(0, this.#deadline - this.#options.clock.now());
  }

  /** Takes what came from the line; the answer, once it is whole, ends the turn. */
  take(bytes: Uint8Array, length: number): FoundAnswer | undefined {
    const { finder, clock } = this.#options;
    this.#heardAt = clock.now();
    const found = finder.push(bytes, length, this.unit.unitId, this.exchange.request);
    if (found !== undefined) this.#timer.cancel();
    else if (finder.isDamaged) this.#wait();
    return found;
  }

  /** Ends it; nobody is told. */
  cancel(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const now = this.#options.clock.now();
    if (now >= this.#deadline) this.#options.over(this.isBroadcast ? 'broadcast' : 'timeout');
    else if (now >= this.#stalledAt) this.#options.over('bad-answer');
    else this.#wait();
  }

  #wait(): void {
    const { clock } = this.#options;
    this.#timer.cancel();
    this.#timer = clock.after(Math.min(this.#deadline, this.#stalledAt) - clock.now(), () => this.#look());
  }

  get #stalledAt(): number {
    const { finder, stallMs } = this.#options;
    return finder.isDamaged ? this.#heardAt + stallMs : Number.POSITIVE_INFINITY;
  }
}
