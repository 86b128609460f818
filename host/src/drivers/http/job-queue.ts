import type { HttpJob } from './http-job.ts';
import { HTTP_LIMITS } from './limits.ts';

/** Requests that wait and those under way, so that neither one module nor all together have too many of them. */
export class JobQueue {
  readonly #waiting: HttpJob[] = [];
  readonly #active = new Set<HttpJob>();

  /** All of them, the oldest that waits behind those under way. */
  get jobs(): readonly HttpJob[] {
    return [...this.#active, ...this.#waiting];
  }

  /** Whether one more of the module finds room. */
  hasRoomFor(module: string): boolean {
    const own = this.#waiting.filter((job) => job.module === module).length;
    return own < HTTP_LIMITS.waitingByModule && this.#waiting.length < HTTP_LIMITS.waiting;
  }

  add(job: HttpJob): void {
    this.#waiting.push(job);
    this.#startNext();
  }

  /** Takes out one that has ended, and starts others in its place. */
  remove(job: HttpJob): void {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.#active.delete(job);
    this.#startNext();
  }

  /** The oldest first, but none of a module that has as many under way as it may. */
  #startNext(): void {
    for (let at = 0; at < this.#waiting.length && this.#active.size < HTTP_LIMITS.active; ) {
      const job = this.#waiting[at]!;
      const own = [...this.#active].filter(({ module }) => module === job.module).length;
      if (own >= HTTP_LIMITS.activeByModule) at++;
      else {
        this.#waiting.splice(at, 1);
        this.#active.add(job);
        job.start();
      }
    }
  }
}
