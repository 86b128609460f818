/** A token bucket: `perSecond` on average, bursts of what some seconds are worth. Times in milliseconds. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens = 0;
  #refilledAt = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, burstSeconds: number) {
    this.#perSecond = perSecond;
    this.#burst = perSecond * burstSeconds;
    this.#tokens = this.#burst;
  }

  /** Takes one token if there is one. */
  allows(nowMs: number): boolean {
    if (nowMs > this.#refilledAt) {
      const earned = ((nowMs - this.#refilledAt) / 1000) * this.#perSecond;
      this.#tokens = Math.min(this.#burst, this.#tokens + earned);
      this.#refilledAt = nowMs;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
