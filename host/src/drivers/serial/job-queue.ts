import type { Clock, Timer } from '../clock.ts';
import { Turns } from '../turns.ts';
import { ENDING, type JobEnding, type SerialJob, type SerialSession } from './serial-job.ts';

/** Writes and exchanges of one module that wait for one port; one more is refused. */
export const JOBS_MAX = 64;

/**
 * What waits for one port: that of a module in its order, modules in turn. What has waited too long leaves by itself, so that its module
 * hears of it while the port is away.
 */
export class JobQueue {
  readonly #clock: Clock;
  readonly #turns = new Turns<SerialJob>();
  readonly #expiries = new Map<SerialJob, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#expiries.size;
  }

  add(job: SerialJob): void {
    const { module } = job.session;
    const waitMs = job.expiresAt - this.#clock.now();
    if (this.#turns.countOf(module) >= JOBS_MAX) job.ended(ENDING.full);
    else if (waitMs <= 0) job.ended(ENDING.expired);
    else {
      this.#turns.add(module, job);
      this.#expiries.set(
        job,
        this.#clock.after(waitMs, () => this.#end(job, ENDING.expired)),
      );
    }
  }

  /** Takes what is to be sent next. */
  next(): SerialJob | undefined {
    for (let job = this.#turns.next(); job !== undefined; job = this.#turns.next()) {
      this.#unwatch(job);
      if (job.expiresAt > this.#clock.now()) return job;
      job.ended(ENDING.expired);
    }
    return undefined;
  }

  removeOf(session: SerialSession): void {
    for (const job of this.#turns.jobs) if (job.session === session) this.#end(job, ENDING.moduleGone);
  }

  removeAll(): void {
    for (const job of this.#turns.jobs) this.#end(job, ENDING.closing);
  }

  #end(job: SerialJob, ending: JobEnding): void {
    this.#unwatch(job);
    if (this.#turns.remove(job.session.module, job)) job.ended(ending);
  }

  #unwatch(job: SerialJob): void {
    this.#expiries.get(job)?.cancel();
    this.#expiries.delete(job);
  }
}
