import type { Clock, Timer } from '../clock.ts';
import type { RequestCaller } from '../driver.ts';
import type { ModuleSession } from '../module-session.ts';
import type { Job } from './job.ts';
import type { Poll } from './poll.ts';
import type { Priority } from './priority.ts';
import { planReads, type ReadPlan } from './read-plan.ts';
import { Reading, type ReadingResult } from './reading.ts';

export interface PollGroupOptions {
  readonly intervalMs: number;
  readonly priority: Priority;
  readonly maxGap: number;
  readonly clock: Clock;
  /** Sends a job now or when its turn comes. */
  readonly submit: (job: Job) => void;
}

/** Polls that are read together, and how. */
interface SharedPlan {
  readonly polls: readonly Poll[];
  readonly plan: ReadPlan;
}

/**
 * Polls of a device with the same interval and priority, read together in rounds as long as a module subscribes to any.
 * Rounds are due at multiples of the interval after the first one, whatever the readings take, so they do not drift; a
 * round that is due while the one before still runs is skipped and counted, so they do not pile up.
 */
export class PollGroup {
  readonly #options: PollGroupOptions;
  readonly #polls: Poll[] = [];
  /** Polls of the last round that are still being read. */
  readonly #unfinished = new Set<Poll>();
  #shared: SharedPlan = { polls: [], plan: planReads([], 0) };
  #timer: Timer | undefined;
  #dueAt = 0;

  constructor(options: PollGroupOptions) {
    this.#options = options;
  }

  add(poll: Poll): void {
    this.#polls.push(poll);
  }

  /** A poll that nobody wanted before is read at once by itself, and in the rounds from the next one on. */
  subscribe(poll: Poll, caller: RequestCaller, session: ModuleSession): void {
    const isNew = !poll.isWanted && !poll.isReading;
    poll.subscribe(caller, session);
    if (this.#timer === undefined) {
      this.#dueAt = this.#options.clock.now() + this.#options.intervalMs;
      this.#wait();
    }
    if (isNew) this.#readAlone(poll);
  }

  endSession(session: ModuleSession): void {
    for (const poll of this.#polls) poll.endSession(session);
    if (!this.#polls.some(isWanted)) this.#stop();
  }

  /** Ends every subscription with this status. */
  close(): void {
    this.#stop();
    for (const poll of this.#polls) poll.close();
  }

  /** No more rounds. A reading that runs ends by itself; whoever subscribes then gets it. */
  #stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(): void {
    const { clock } = this.#options;
    this.#timer = clock.after(this.#dueAt - clock.now(), () => this.#tick());
  }

  #tick(): void {
    const { clock, intervalMs } = this.#options;
    const late = clock.now() - this.#dueAt;
    const missed = Math.floor(late / intervalMs);
    if (late >= 0) this.#dueAt += (missed + 1) * intervalMs;
    this.#wait();
    if (late >= 0) this.#round(missed);
  }

  #round(missed: number): void {
    const wanted = this.#polls.filter(isWanted);
    const due = this.#unfinished.size > 0 ? [] : wanted.filter(({ isReading }) => !isReading);
    for (const poll of wanted) poll.skip(due.includes(poll) ? missed : missed + 1);
    for (const poll of due) this.#unfinished.add(poll);
    const together = due.filter(({ isApart }) => !isApart);
    const apart = due.filter(({ isApart }) => isApart);
    if (together.length > 1) this.#readTogether(this.#sharedBy(together));
    for (const poll of together.length > 1 ? apart : due) this.#readAlone(poll);
  }

  #readTogether({ polls, plan }: SharedPlan): void {
    this.#read(polls, plan, (poll, result) => {
      if (!result.addressRefused) this.#finish(poll, result);
      else {
        // It may be for the registers of another poll, for a gap between them, or because they are too many for the device.
        poll.setApart();
        this.#readAlone(poll);
      }
    });
  }

  #readAlone(poll: Poll): void {
    this.#read([poll], poll.plan, (_, result) => this.#finish(poll, result));
  }

  #read(polls: readonly Poll[], plan: ReadPlan, ended: (poll: Poll, result: ReadingResult) => void): void {
    for (const [list, poll] of polls.entries()) poll.begin(plan.lists[list]!.requests);
    const { priority, submit } = this.#options;
    const done = (list: number, result: ReadingResult): void => ended(polls[list]!, result);
    new Reading({ plan, asker: this, priority, submit, done }).start();
  }

  #finish(poll: Poll, result: ReadingResult): void {
    this.#unfinished.delete(poll);
    poll.finish(result);
  }

  /** The plan is made anew only when other polls are read than in the round before. */
  #sharedBy(polls: readonly Poll[]): SharedPlan {
    const isSame =
      polls.length === this.#shared.polls.length && polls.every((poll, n) => poll === this.#shared.polls[n]);
    if (!isSame) {
      const lists = polls.map(({ ranges }) => ranges);
      this.#shared = { polls, plan: planReads(lists, this.#options.maxGap) };
    }
    return this.#shared;
  }
}

const isWanted = (poll: Poll): boolean => poll.isWanted;
