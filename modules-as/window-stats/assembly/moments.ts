/**
 * Count, mean and sum of squared deviations of a set of numbers, kept by Welford's recurrence, which does not lose digits when
 * the mean is large against the spread. Two sets merge by the formula of Chan, Golub and LeVeque (1979).
 */
export class Moments {
  count: u32 = 0;
  mean: f64 = 0;
  min: f64 = Infinity;
  max: f64 = -Infinity;
  private squares: f64 = 0;

  /** Takes in one finite number. */
  add(value: f64): void {
    this.count++;
    const delta = value - this.mean;
    this.mean += delta / <f64>this.count;
    this.squares += delta * (value - this.mean);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** Takes in all numbers of another set. */
  merge(other: Moments): void {
    if (other.count == 0) return;
    const total = <f64>this.count + <f64>other.count;
    const delta = other.mean - this.mean;
    this.squares += other.squares + delta * delta * ((<f64>this.count * <f64>other.count) / total);
    this.mean += delta * (<f64>other.count / total);
    this.count += other.count;
    if (other.min < this.min) this.min = other.min;
    if (other.max > this.max) this.max = other.max;
  }

  /** Sample standard deviation (divisor count - 1); NaN for fewer than two numbers. */
  deviation(): f64 {
    return this.count < 2 ? NaN : Math.sqrt(this.squares / <f64>(this.count - 1));
  }

  clear(): void {
    this.count = 0;
    this.mean = 0;
    this.squares = 0;
    this.min = Infinity;
    this.max = -Infinity;
  }
}
