import type { Clock, Timer } from './clock.ts';
import type { ModuleSession } from './module-session.ts';
import { Turns } from './turns.ts';

/** Something that a module wants of a device, at most once, and not after its expiry. */
export interface WaitingJob<Ending> {
  readonly session: ModuleSession;
  /** Time of the clock at which it must not be sent any more. */
  readonly expiresAt: number;
  /** Called once, whatever happens. */
  ended(ending: Ending): void;
}

export interface JobQueueOptions<Ending> {
  readonly clock: Clock;
  /** Jobs of one module that wait; one more is refused. */
  readonly max: number;
  readonly full: Ending;
  readonly expired: Ending;
}

/**
 * What waits for one device: that of a module in its order, modules in turn. What has waited too long leaves by itself, so that its
 * module hears of it while the device is away.
 */
export class JobQueue<Job extends WaitingJob<Ending>, Ending> {
  readonly #options: JobQueueOptions<Ending>;
  readonly #turns = new Turns<Job>();
  readonly #expiries = new Map<Job, Timer>();

  constructor(options: JobQueueOptions<Ending>) {
    this.#options = options;
  }

  get length(): number {
    return this.#expiries.size;
  }

  add(job: Job): void {
    const { clock, max, full, expired } = this.#options;
    const { module } = job.session;
    const waitMs = job.expiresAt - clock.now();
    if (this.#turns.countOf(module) >= max) job.ended(full);
    else if (waitMs <= 0) job.ended(expired);
    else {
      this.#turns.add(module, job);
      this.#expiries.set(
        job,
        clock.after(waitMs, () => this.#end(job, expired)),
      );
    }
  }

  /** Takes what is to be sent next. */
  next(): Job | undefined {
    const { clock, expired } = this.#options;
    for (let job = this.#turns.next(); job !== undefined; job = this.#turns.next()) {
      this.#unwatch(job);
      if (job.expiresAt > clock.now()) return job;
      job.ended(expired);
    }
    return undefined;
  }

  /** Ends those that `isGone` says, or all. */
  remove(ending: Ending, isGone: (job: Job) => boolean = () => true): void {
    for (const job of this.#turns.jobs) if (isGone(job)) this.#end(job, ending);
  }

  #end(job: Job, ending: Ending): void {
    this.#unwatch(job);
    if (this.#turns.remove(job.session.module, job)) job.ended(ending);
  }

  #unwatch(job: Job): void {
    this.#expiries.get(job)?.cancel();
    this.#expiries.delete(job);
  }
}
