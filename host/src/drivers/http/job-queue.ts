import { Turns } from '../turns.ts';
import type { HttpJob } from './http-job.ts';
import { HTTP_LIMITS } from './limits.ts';

/**
 * Requests that wait and those under way. What a module may have of both is bounded by module, and places that are free go
 * to the modules in turn, so that one that asks for much, of servers that answer late, delays only itself.
 */
export class JobQueue {
  readonly #waiting = new Turns<HttpJob>();
  readonly #active = new Set<HttpJob>();

  /** All of them, those under way first. */
  get jobs(): readonly HttpJob[] {
    return [...this.#active, ...this.#waiting.jobs];
  }

  /** Whether one more of the module finds room. */
  hasRoomFor(module: string): boolean {
    return this.#waiting.countOf(module) < HTTP_LIMITS.waitingByModule;
  }

  add(job: HttpJob): void {
    this.#waiting.add(job.module, job);
    this.#startNext();
  }

  /** Takes out one that has ended, and starts others in its place. */
  remove(job: HttpJob): void {
    if (!this.#active.delete(job)) this.#waiting.remove(job.module, job);
    this.#startNext();
  }

  #startNext(): void {
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      this.#active.add(job);
      job.start();
    }
  }

  #next(): HttpJob | undefined {
    return this.#waiting.next((module) => this.#mayStart(module));
  }

  /** The first request of a module starts however many others are under way: those may take as long as their grants say. */
  #mayStart(module: string): boolean {
    let own = 0;
    for (const job of this.#active) if (job.module === module) own++;
    return own === 0 || (own < HTTP_LIMITS.activeByModule && this.#active.size < HTTP_LIMITS.active);
  }
}
