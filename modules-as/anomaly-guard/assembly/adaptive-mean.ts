/**
 * Mean and variance of a signal that drifts: the first `warmUp` values count alike (Welford), then each new value has the
 * weight `alpha` (exponentially weighted, Finch: "Incremental calculation of weighted mean and variance", 2009).
 */
export class AdaptiveMean {
  mean: f64 = 0;
  variance: f64 = 0;
  count: u32 = 0;

  constructor(
    private alpha: f64,
    private warmUp: u32,
  ) {}

  get isReady(): bool {
    return this.count >= this.warmUp;
  }

  learn(value: f64): void {
    const delta = value - this.mean;
    if (this.count < this.warmUp) {
      this.count++;
      const step = delta / <f64>this.count;
      this.mean += step;
      this.variance += (delta * (value - this.mean) - this.variance) / <f64>this.count;
    } else {
      const step = this.alpha * delta;
      this.mean += step;
      this.variance = (1 - this.alpha) * (this.variance + delta * step);
    }
  }

  /** The standard deviation, not less than `floor`. */
  deviation(floor: f64): f64 {
    return max(Math.sqrt(this.variance), floor);
  }

  forget(): void {
    this.mean = 0;
    this.variance = 0;
    this.count = 0;
  }
}
