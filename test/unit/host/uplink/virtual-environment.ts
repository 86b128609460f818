import { UPLINK_TIMING, type UplinkEnvironment, type UplinkTiming } from '../../../../host/src/uplink/environment.ts';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** Time that passes only when a test says so. Both clocks are the same until one is set, and random is what the test sets. */
export class VirtualEnvironment implements UplinkEnvironment {
  readonly timing: UplinkTiming;
  isKnown = true;
  nextRandom = 0.5;
  /** Times below are none. */
  floorMs = 0;
  #now = 0;
  #aheadMs = 0;
  readonly #timers = new Set<Timer>();
  readonly #watchers = new Set<() => void>();

  constructor(timing: Partial<UplinkTiming> = {}) {
    this.timing = { ...UPLINK_TIMING, ...timing };
  }

  now(): number {
    return this.#now + this.#aheadMs;
  }

  monotonic(): number {
    return this.#now;
  }

  isTimeKnown(): boolean {
    return this.isKnown;
  }

  canBeTime(timeMs: number): boolean {
    return timeMs >= this.floorMs;
  }

  onClockSet(call: () => void): () => void {
    this.#watchers.add(call);
    return () => this.#watchers.delete(call);
  }

  /** Sets the time of day, as somebody may at any moment. */
  setClock(timeMs: number, isKnown = true): void {
    this.#aheadMs = timeMs - this.#now;
    this.isKnown = isKnown;
    for (const call of [...this.#watchers]) call();
  }

  random(): number {
    return this.nextRandom;
  }

  setTimer(delayMs: number, call: () => void): () => void {
    const timer = { at: this.#now + delayMs, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers and watchers that wait; a test that closed everything expects none. */
  get pending(): number {
    return this.#timers.size + this.#watchers.size;
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
