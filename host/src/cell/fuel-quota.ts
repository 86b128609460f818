/**
 * What a module may work: a bucket of fuel that fills with time. It is looked at between events only, so it may go into debt
 * by what one event costs; then the module is paused until the debt is paid. Times in milliseconds.
 */
export class FuelQuota {
  /** All fuel charged since the module was installed. */
  used = 0;
  readonly #perSecond: number;
  readonly #burst: number;
  #level = 0;
  /** Undefined until time is first known; there is nothing to earn before. */
  #filledAt: number | undefined;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#level = burst;
  }

  charge(fuel: number): void {
    this.used += fuel;
    this.#level -= fuel;
  }

  /** Fuel that it has used beyond what it had, as of the last `fill`. */
  get debt(): number {
    return Math.max(0, -this.#level);
  }

  get isInDebt(): boolean {
    return this.#level < 0;
  }

  /** Adds what the time since the last call has earned. */
  fill(nowMs: number): void {
    const passedMs = nowMs - (this.#filledAt ?? nowMs);
    this.#level = Math.min(this.#burst, this.#level + (passedMs / 1_000) * this.#perSecond);
    this.#filledAt = nowMs;
  }

  /** When the debt that there is at the time of the last `fill` will be paid. */
  paidAt(): number {
    return (this.#filledAt ?? 0) + Math.max(1, Math.ceil((-this.#level / this.#perSecond) * 1_000));
  }
}
