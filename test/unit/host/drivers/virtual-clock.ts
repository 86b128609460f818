import type { Clock, Timer } from '../../../../host/src/drivers/clock.ts';

interface Entry {
  readonly dueAt: number;
  readonly callback: () => void;
}

const WAIT_MAX_MS = 120_000;

/** Time that passes only when a test says so. */
export class VirtualClock implements Clock {
  /** Timers ever set, to see what a way of working costs. */
  timersSet = 0;
  #now = 1_000;
  readonly #entries = new Set<Entry>();

  now(): number {
    return this.#now;
  }

  time(): number {
    return 1_700_000_000_000 + this.#now;
  }

  /** Timers that would still fire. */
  get pending(): number {
    return this.#entries.size;
  }

  after(delayMs: number, callback: () => void): Timer {
    const entry = { dueAt: this.#now + Math.max(delayMs, 0), callback };
    this.timersSet++;
    this.#entries.add(entry);
    return { cancel: () => this.#entries.delete(entry) };
  }

  /** Lets time pass and fires what becomes due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#entries.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.callback();
    }
    this.#now = end;
  }

  /** Lets time pass in steps until the condition holds. */
  advanceUntil(condition: () => boolean, stepMs = 50): void {
    const end = this.#now + WAIT_MAX_MS;
    while (!condition()) {
      if (this.#now >= end) throw new Error(`did not happen within ${WAIT_MAX_MS} ms: ${condition}`);
      this.advance(stepMs);
    }
  }

  /** Lets time pass without firing anything, as when the thread is busy; `advance(0)` then fires what is overdue. */
  stall(ms: number): void {
    this.#now += ms;
  }

  #next(end: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries)
      if (entry.dueAt <= end && (first === undefined || entry.dueAt < first.dueAt)) first = entry;
    return first;
  }
}
