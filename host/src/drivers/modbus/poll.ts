import { STATUS } from '../../abi/constants.ts';
import type { Clock } from '../clock.ts';
import type { RequestCaller } from '../driver.ts';
import type { ModuleSession } from '../module-session.ts';
import { EMPTY_PAYLOAD } from './job.ts';
import type { PriorityName } from './priority.ts';
import { planReads, type ReadPlan } from './read-plan.ts';
import type { ReadingResult } from './reading.ts';
import type { RegisterRange } from './register-range.ts';

export interface PollOptions {
  readonly ranges: readonly RegisterRange[];
  readonly maxGap: number;
  readonly intervalMs: number;
  readonly priority: PriorityName;
  readonly clock: Clock;
}

interface Subscriber {
  readonly caller: RequestCaller;
  readonly session: ModuleSession;
}

/** A declared set of registers, who subscribes to it, and how its readings went. */
export class Poll {
  readonly #options: PollOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #counters = { readings: 0, failed: 0, skipped: 0 };
  #plan: ReadPlan;
  #isApart = false;
  #isReading = false;
  #requests: number;
  #startedAt = 0;
  #tookMs = 0;

  constructor(options: PollOptions) {
    this.#options = options;
    this.#plan = planReads([options.ranges], options.maxGap);
    this.#requests = this.#plan.reads.length;
  }

  get ranges(): readonly RegisterRange[] {
    return this.#options.ranges;
  }

  /** How it is read by itself. */
  get plan(): ReadPlan {
    return this.#plan;
  }

  /** Whether it is read by requests of its own, because the device has refused one of its requests for its addresses. */
  get isApart(): boolean {
    return this.#isApart;
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  get isWanted(): boolean {
    return this.#subscribers.size > 0;
  }

  /** Answers the caller with each reading until its session is over, also with one that runs. */
  subscribe(caller: RequestCaller, session: ModuleSession): void {
    this.#subscribers.add({ caller, session });
  }

  endSession(session: ModuleSession): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.session === session) this.#subscribers.delete(subscriber);
    }
  }

  /** Ends every subscription with this status. */
  close(): void {
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    for (const { caller } of subscribers) caller.answer(STATUS.cancelled, 0, EMPTY_PAYLOAD);
  }

  /** Counts rounds that it was due in and had no part in. */
  skip(rounds: number): void {
    this.#counters.skipped += rounds;
  }

  /** @param requests how many of the reading have registers of this poll */
  begin(requests: number): void {
    if (!this.#isReading) this.#startedAt = this.#options.clock.now();
    this.#isReading = true;
    this.#requests = requests;
  }

  /** From now on its requests are for it alone. */
  setApart(): void {
    this.#isApart = true;
  }

  finish({ status, detail, payload, addressRefused, gapRefused }: ReadingResult): void {
    this.#isReading = false;
    this.#tookMs = this.#options.clock.now() - this.#startedAt;
    if (status === STATUS.ok) this.#counters.readings++;
    else this.#counters.failed++;
    // What cannot be read alone would only make the requests of others fail.
    if (addressRefused) this.#isApart = true;
    // The device has holes where we read over: from now on only what is declared is asked for.
    if (gapRefused) this.#plan = planReads([this.#options.ranges], 0);
    for (const { caller } of [...this.#subscribers]) caller.answer(status, detail, payload);
  }

  status(): Record<string, unknown> {
    return {
      intervalMs: this.#options.intervalMs,
      priority: this.#options.priority,
      requests: this.#requests,
      subscribers: this.#subscribers.size,
      ...this.#counters,
      lastTookMs: Math.round(this.#tookMs * 1000) / 1000,
    };
  }
}
