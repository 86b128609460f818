import type { Clock, Timer } from '../clock.ts';
import { ENDING, type JobEnding, type SerialJob, type SerialSession } from './serial-job.ts';

/** Writes and exchanges that wait for one port; one more is refused. */
export const JOBS_MAX = 64;

/** What waits for one port, in its order. What has waited too long leaves by itself, so that its module hears of it while the port is away. */
export class JobQueue {
  readonly #clock: Clock;
  readonly #waiting = new Map<SerialJob, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#waiting.size;
  }

  add(job: SerialJob): void {
    const waitMs = job.expiresAt - this.#clock.now();
    if (this.#waiting.size >= JOBS_MAX) job.ended(ENDING.full);
    else if (waitMs <= 0) job.ended(ENDING.expired);
    else
      this.#waiting.set(
        job,
        this.#clock.after(waitMs, () => this.#end(job, ENDING.expired)),
      );
  }

  /** Takes what is to be sent next. */
  next(): SerialJob | undefined {
    for (const [job, timer] of this.#waiting) {
      timer.cancel();
      this.#waiting.delete(job);
      if (job.expiresAt > this.#clock.now()) return job;
      job.ended(ENDING.expired);
    }
    return undefined;
  }

  removeOf(session: SerialSession): void {
    for (const job of [...this.#waiting.keys()]) if (job.session === session) this.#end(job, ENDING.moduleGone);
  }

  removeAll(): void {
    for (const job of [...this.#waiting.keys()]) this.#end(job, ENDING.closing);
  }

  #end(job: SerialJob, ending: JobEnding): void {
    this.#waiting.get(job)?.cancel();
    if (this.#waiting.delete(job)) job.ended(ending);
  }
}
