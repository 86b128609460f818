import type { Clock } from '../clock.ts';
import type { Asker, Job } from './job.ts';
import { agedPriority, type Priority } from './priority.ts';

/** Jobs of one asker, in their order. */
interface Waiting {
  readonly priority: Priority;
  readonly jobs: Job[];
  /** When it had its last turn, or began to wait. */
  since: number;
}

/**
 * Jobs that wait, by whoever asked for them: a module or a poll. Askers take turns, so that one with many jobs delays only
 * itself: the highest priority goes first, and among equals who has waited longest. Waiting makes the priority higher.
 */
export class JobTurns {
  readonly #clock: Clock;
  /** The one whose turn was longest ago comes first. */
  readonly #askers = new Map<Asker, Waiting>();
  #length = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#length;
  }

  countOf(asker: Asker): number {
    return this.#askers.get(asker)?.jobs.length ?? 0;
  }

  /** Whoever adds looks at `countOf` first: it has no capacity of its own. */
  add(job: Job): void {
    const waiting = this.#askers.get(job.asker);
    this.#length++;
    if (waiting !== undefined) waiting.jobs.push(job);
    else this.#askers.set(job.asker, { priority: job.priority, jobs: [job], since: this.#clock.now() });
  }

  /** The highest priority that waits; undefined when nothing does. */
  highest(): Priority | undefined {
    const best = this.#best();
    return best && this.#priorityOf(best[1]);
  }

  /** Takes the job whose turn it is. */
  next(): Job | undefined {
    const best = this.#best();
    if (best === undefined) return undefined;
    const [asker, waiting] = best;
    const job = waiting.jobs.shift();
    this.#length--;
    this.#askers.delete(asker);
    waiting.since = this.#clock.now();
    if (waiting.jobs.length > 0) this.#askers.set(asker, waiting);
    return job;
  }

  /** Takes out all that are wanted. */
  remove(isWanted: (job: Job) => boolean): Job[] {
    const removed: Job[] = [];
    for (const [asker, { jobs }] of this.#askers) {
      const left = jobs.filter((job) => !isWanted(job));
      if (left.length === jobs.length) continue;
      removed.push(...jobs.filter(isWanted));
      jobs.splice(0, jobs.length, ...left);
      if (left.length === 0) this.#askers.delete(asker);
    }
    this.#length -= removed.length;
    return removed;
  }

  /** All jobs, in no order. */
  *[Symbol.iterator](): Iterator<Job> {
    for (const { jobs } of this.#askers.values()) yield* jobs;
  }

  #best(): readonly [asker: Asker, waiting: Waiting] | undefined {
    let best: readonly [Asker, Waiting] | undefined;
    for (const entry of this.#askers) {
      if (best === undefined || this.#priorityOf(entry[1]) > this.#priorityOf(best[1])) best = entry;
    }
    return best;
  }

  #priorityOf({ priority, since }: Waiting): Priority {
    return agedPriority(priority, this.#clock.now() - since);
  }
}
