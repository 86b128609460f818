import { STATUS } from '../../abi/constants.ts';
import type { Clock, Timer } from '../clock.ts';
import type { RequestCaller } from '../driver.ts';
import { EMPTY_PAYLOAD, type Job, type ModuleSession } from './job.ts';
import { PRIORITIES, type PriorityName } from './priority.ts';
import { planReads, type ReadPlan } from './read-plan.ts';
import { Reading, type ReadingResult } from './reading.ts';
import type { RegisterRange } from './register-range.ts';

export interface PollOptions {
  readonly name: string;
  readonly ranges: readonly RegisterRange[];
  readonly maxGap: number;
  readonly intervalMs: number;
  readonly priority: PriorityName;
  readonly clock: Clock;
  /** Sends a job now or when its turn comes. */
  readonly submit: (job: Job) => void;
}

interface Subscriber {
  readonly caller: RequestCaller;
  readonly session: ModuleSession;
}

/**
 * A declared set of registers, read at a fixed rate as long as a module subscribes. Rounds are due at multiples of the
 * interval after the first one, whatever the readings take, so they do not drift; a round that is due while the one
 * before still runs is skipped and counted, so they do not pile up.
 */
export class Poll {
  readonly name: string;
  readonly #options: PollOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #counters = { readings: 0, failed: 0, skipped: 0 };
  #plan: ReadPlan;
  #timer: Timer | undefined;
  #dueAt = 0;
  #startedAt = 0;
  #tookMs = 0;
  #isReading = false;

  constructor(options: PollOptions) {
    this.name = options.name;
    this.#options = options;
    this.#plan = planReads(options.ranges, options.maxGap);
  }

  /** Answers the caller with each reading until its session is over. The first round starts at once. */
  subscribe(caller: RequestCaller, session: ModuleSession): void {
    this.#subscribers.add({ caller, session });
    if (this.#timer !== undefined) return;
    this.#dueAt = this.#options.clock.now();
    this.#tick();
  }

  endSession(session: ModuleSession): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.session === session) this.#subscribers.delete(subscriber);
    }
    if (this.#subscribers.size === 0) this.stop();
  }

  /** No more rounds. One that runs ends by itself; whoever subscribes then gets it. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Ends every subscription with this status. */
  close(): void {
    this.stop();
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    for (const { caller } of subscribers) caller.answer(STATUS.cancelled, 0, EMPTY_PAYLOAD);
  }

  status(): Record<string, unknown> {
    return {
      intervalMs: this.#options.intervalMs,
      priority: this.#options.priority,
      requests: this.#plan.reads.length,
      subscribers: this.#subscribers.size,
      ...this.#counters,
      lastTookMs: Math.round(this.#tookMs * 1000) / 1000,
    };
  }

  #tick(): void {
    const { clock, intervalMs } = this.#options;
    const late = clock.now() - this.#dueAt;
    if (late >= 0) {
      const missed = Math.floor(late / intervalMs);
      this.#counters.skipped += missed;
      this.#dueAt += (missed + 1) * intervalMs;
    }
    this.#timer = clock.after(this.#dueAt - clock.now(), () => this.#tick());
    if (late < 0) return;
    if (this.#isReading) this.#counters.skipped++;
    else this.#read();
  }

  #read(): void {
    this.#isReading = true;
    this.#startedAt = this.#options.clock.now();
    const { priority, submit } = this.#options;
    const reading = new Reading(this.#plan, (result) => this.#finish(result), this, PRIORITIES[priority]);
    for (const job of reading.jobs) submit(job);
  }

  #finish({ status, detail, payload, gapRefused }: ReadingResult): void {
    this.#isReading = false;
    this.#tookMs = this.#options.clock.now() - this.#startedAt;
    if (status === STATUS.ok) this.#counters.readings++;
    else this.#counters.failed++;
    // The device has holes where we read over: from now on only what is declared is asked for.
    if (gapRefused) this.#plan = planReads(this.#options.ranges, 0);
    for (const { caller } of [...this.#subscribers]) caller.answer(status, detail, payload);
  }
}
