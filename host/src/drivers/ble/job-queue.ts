import type { Clock, Timer } from '../clock.ts';
import { type BleJob, type JobEnding, UNSENT } from './ble-job.ts';
import { BLE_LIMITS } from './limits.ts';
import type { BleSession } from './session.ts';

/** What waits for one device, in its order. What has waited too long leaves by itself, so that its module hears of it while the device is away. */
export class JobQueue {
  readonly #clock: Clock;
  readonly #waiting = new Map<BleJob, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#waiting.size;
  }

  add(job: BleJob): void {
    const waitMs = job.expiresAt - this.#clock.now();
    if (this.#waiting.size >= BLE_LIMITS.requests) job.ended(UNSENT.full);
    else if (waitMs <= 0) job.ended(UNSENT.expired);
    else
      this.#waiting.set(
        job,
        this.#clock.after(waitMs, () => this.#end(job, UNSENT.expired)),
      );
  }

  /** Takes what is to be sent next. */
  next(): BleJob | undefined {
    for (const [job, timer] of this.#waiting) {
      timer.cancel();
      this.#waiting.delete(job);
      if (job.expiresAt > this.#clock.now()) return job;
      job.ended(UNSENT.expired);
    }
    return undefined;
  }

  /** Gives up what a module wants no more: everything, or only its reads. */
  removeOf(session: BleSession, isOrderly: boolean): void {
    for (const job of [...this.#waiting.keys()])
      if (job.session === session && (!isOrderly || job.kind === 'read')) this.#end(job, UNSENT.cancelled);
  }

  removeAll(): void {
    for (const job of [...this.#waiting.keys()]) this.#end(job, UNSENT.cancelled);
  }

  #end(job: BleJob, ending: JobEnding): void {
    this.#waiting.get(job)?.cancel();
    if (this.#waiting.delete(job)) job.ended(ending);
  }
}
