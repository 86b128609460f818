import type { Clock, Timer } from '../clock.ts';
import { MQTT_LIMITS } from './limits.ts';
import { ENDING, type MqttOwner, type PublishEnding, type PublishJob } from './publish-job.ts';

/**
 * Messages of modules that wait for one broker, in their order; one too many is refused. What has waited too long leaves
 * by itself, so that its module hears of it while the broker is away.
 */
export class PublishQueue {
  readonly #clock: Clock;
  readonly #waiting = new Map<PublishJob, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#waiting.size;
  }

  add(job: PublishJob): void {
    const waitMs = job.expiresAt - this.#clock.now();
    if (this.#waiting.size >= MQTT_LIMITS.waitingPublishes) job.ended(ENDING.full);
    else if (waitMs <= 0) job.ended(ENDING.expired);
    else
      this.#waiting.set(
        job,
        this.#clock.after(waitMs, () => this.#end(job, ENDING.expired)),
      );
  }

  /** Takes what is to be sent next. */
  next(): PublishJob | undefined {
    for (const [job, timer] of this.#waiting) {
      timer.cancel();
      this.#waiting.delete(job);
      if (job.expiresAt > this.#clock.now()) return job;
      job.ended(ENDING.expired);
    }
    return undefined;
  }

  removeOf(owner: MqttOwner): void {
    for (const job of [...this.#waiting.keys()]) if (job.owner === owner) this.#end(job, ENDING.moduleGone);
  }

  removeAll(): void {
    for (const job of [...this.#waiting.keys()]) this.#end(job, ENDING.closing);
  }

  #end(job: PublishJob, ending: PublishEnding): void {
    this.#waiting.get(job)?.cancel();
    if (this.#waiting.delete(job)) job.ended(ending);
  }
}
