import { UPLINK_TIMING, type UplinkEnvironment, type UplinkTiming } from '../../../../host/src/uplink/environment.ts';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** Time that passes only when a test says so. Both clocks are the same, and random is what the test sets. */
export class VirtualEnvironment implements UplinkEnvironment {
  readonly timing: UplinkTiming;
  isKnown = true;
  nextRandom = 0.5;
  #now = 0;
  readonly #timers = new Set<Timer>();

  constructor(timing: Partial<UplinkTiming> = {}) {
    this.timing = { ...UPLINK_TIMING, ...timing };
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  isTimeKnown(): boolean {
    return this.isKnown;
  }

  random(): number {
    return this.nextRandom;
  }

  setTimer(delayMs: number, call: () => void): () => void {
    const timer = { at: this.#now + delayMs, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that wait; a test that closed everything expects none. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass, with all that timers and promises do meanwhile. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.call();
      await settle();
    }
    this.#now = end;
  }
}

/** Until no promise has anything left to do. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
