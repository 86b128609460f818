import type { Moment } from '../../../../host/src/time/index.ts';

/** The two clocks of a machine that has run for a while, as a test moves them. */
export class VirtualClocks {
  timeMs: number;
  monotonicMs = 40_000;

  constructor(timeMs: number) {
    this.timeMs = timeMs;
  }

  readonly read = (): Moment => ({ timeMs: this.timeMs, monotonicMs: this.monotonicMs });

  pass(ms: number): void {
    this.timeMs += ms;
    this.monotonicMs += ms;
  }
}
