/** How fast a counter grows, looked at over its last few readings. */
export class Rate {
  /** The newest reading of the counter. */
  total = 0;
  readonly #samples: { timeMs: number; total: number }[] = [];
  readonly #windowMs: number;

  constructor(windowMs = 3_000) {
    this.#windowMs = windowMs;
  }

  /** Takes a reading of the counter. */
  update(timeMs: number, total: number): void {
    this.total = total;
    this.#samples.push({ timeMs, total });
    while (this.#samples.length > 2 && this.#samples[1]!.timeMs <= timeMs - this.#windowMs) this.#samples.shift();
  }

  /** Growth a second between the oldest reading of the window and the newest; 0 as long as there is only one. */
  get perSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.timeMs <= first.timeMs) return 0;
    return (Math.max(0, last.total - first.total) * 1000) / (last.timeMs - first.timeMs);
  }
}
