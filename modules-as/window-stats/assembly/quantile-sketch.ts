import { BucketStore } from './bucket-store';

/**
 * Quantiles of a stream within a relative error: a DDSketch (Masson, Rim, Lee: "DDSketch: A Fast and Fully-Mergeable
 * Quantile Sketch with Relative-Error Guarantees", PVLDB 12, 2019). A positive number falls into the bucket
 * `ceil(log(x) / log(gamma))` with `gamma = (1 + accuracy) / (1 - accuracy)`; negative numbers have buckets of their own.
 * It needs no randomness, so equal input gives equal output, and merging loses nothing.
 */
export class QuantileSketch {
  private zeros: u32 = 0;
  private positive: BucketStore = new BucketStore();
  /** Made at the first negative number: most measurements have none. */
  private negative: BucketStore | null = null;

  constructor(private scale: LogScale) {}

  get count(): u32 {
    const negative = this.negative;
    return this.zeros + this.positive.total + (negative === null ? 0 : negative.total);
  }

  /** Takes in one finite number. */
  add(value: f64): void {
    if (Math.abs(value) < SMALLEST) {
      this.zeros++;
    } else if (value > 0) {
      this.positive.add(this.scale.index(value), 1);
    } else {
      this.below().add(this.scale.index(-value), 1);
    }
  }

  /** Takes in all numbers of another sketch of the same scale. */
  merge(other: QuantileSketch): void {
    this.zeros += other.zeros;
    this.positive.merge(other.positive);
    const negative = other.negative;
    if (negative !== null && negative.total > 0) this.below().merge(negative);
  }

  /** The number of rank `floor(q * (count - 1))`, counted from 0, within the accuracy; NaN when empty. */
  quantile(q: f64): f64 {
    if (this.count == 0) return NaN;
    let rank = <i64>Math.floor(q * <f64>(this.count - 1));
    const negative = this.negative;
    if (negative !== null) {
      for (let index = negative.highest; index >= negative.lowest && negative.total > 0; index--) {
        rank -= negative.count(index);
        if (rank < 0) return -this.scale.value(index);
      }
    }
    rank -= this.zeros;
    if (rank < 0) return 0;
    const positive = this.positive;
    for (let index = positive.lowest; index < positive.highest; index++) {
      rank -= positive.count(index);
      if (rank < 0) return this.scale.value(index);
    }
    return this.scale.value(positive.highest);
  }

  clear(): void {
    this.zeros = 0;
    this.positive.clear();
    const negative = this.negative;
    if (negative !== null) negative.clear();
  }

  private below(): BucketStore {
    let negative = this.negative;
    if (negative === null) {
      negative = new BucketStore();
      this.negative = negative;
    }
    return negative;
  }
}

/** Numbers nearer to 0 than this count as 0. */
const SMALLEST: f64 = 1e-12;

/** The mapping between numbers and bucket indexes for one accuracy. */
export class LogScale {
  private logGamma: f64;
  private factor: f64;

  /** @param accuracy the relative error that is accepted, for example 0.01 */
  constructor(accuracy: f64) {
    const gamma = (1 + accuracy) / (1 - accuracy);
    this.logGamma = Math.log(gamma);
    this.factor = 2 / (gamma + 1);
  }

  index(value: f64): i32 {
    return <i32>Math.ceil(Math.log(value) / this.logGamma);
  }

  /** The number in the middle of a bucket, in the sense of relative error. */
  value(index: i32): f64 {
    return Math.exp(<f64>index * this.logGamma) * this.factor;
  }
}
