/** Most buckets one store keeps: 2 KB. */
export const BUCKETS_MAX: i32 = 512;

const BUCKETS_MIN: i32 = 32;

/**
 * Counters for a contiguous range of bucket indexes. The range grows to hold what comes, up to `BUCKETS_MAX`; then the lowest
 * buckets fall together into one, so that the accuracy of the largest magnitudes is kept.
 *
 * ```text
 *   index:   low                                high
 *            |                                   |
 *   counts: [start ........................ start + high - low] ...
 * ```
 */
export class BucketStore {
  total: u32 = 0;
  private counts: StaticArray<u32> = new StaticArray<u32>(BUCKETS_MIN);
  private low: i32 = 0;
  private high: i32 = -1;

  get lowest(): i32 {
    return this.low;
  }

  get highest(): i32 {
    return this.high;
  }

  /** Adds `n` to a bucket. */
  add(index: i32, n: u32): void {
    if (n == 0) return;
    if (this.total == 0) {
      this.low = index;
      this.high = index;
    } else if (index < this.low) {
      index = this.extendDown(index);
    } else if (index > this.high) {
      this.extendUp(index);
    }
    this.counts[index - this.low] += n;
    this.total += n;
  }

  count(index: i32): u32 {
    return index < this.low || index > this.high ? 0 : this.counts[index - this.low];
  }

  merge(other: BucketStore): void {
    if (other.total == 0) return;
    // Highest first: were the range to exceed the limit, only the lowest buckets fall together.
    for (let index = other.high; index >= other.low; index--) this.add(index, other.counts[index - other.low]);
  }

  /** Forgets the counts and keeps the memory. */
  clear(): void {
    this.counts.fill(0);
    this.total = 0;
    this.low = 0;
    this.high = -1;
  }

  /** Makes room below; returns the bucket that stands for `index`, which is higher when the store is full. */
  private extendDown(index: i32): i32 {
    const low = max(index, this.high - BUCKETS_MAX + 1);
    if (low >= this.low) return this.low;
    this.move(low, this.low, this.high);
    return low;
  }

  private extendUp(index: i32): void {
    const low = max(this.low, index - BUCKETS_MAX + 1);
    if (low > this.low) {
      let fallen: u32 = 0;
      const end = min(low, this.high + 1);
      for (let i = this.low; i < end; i++) fallen += this.counts[i - this.low];
      if (low > this.high) {
        this.counts.fill(0);
        this.low = low;
        this.high = low;
      } else {
        this.move(low, low, this.high);
      }
      this.counts[0] += fallen;
    }
    if (index - this.low >= this.counts.length) this.reserve(index - this.low + 1);
    this.high = index;
  }

  /** Keeps the counts of `from` to `to` and makes `low` the first index of the range. */
  private move(low: i32, from: i32, to: i32): void {
    const kept = to - from + 1;
    const source = from - this.low;
    const target = from - low;
    if (target + kept > this.counts.length) this.reserve(target + kept);
    const counts = this.counts;
    memory.copy(
      changetype<usize>(counts) + ((<usize>target) << 2),
      changetype<usize>(counts) + ((<usize>source) << 2),
      (<usize>kept) << 2,
    );
    if (target > 0) counts.fill(0, 0, target);
    counts.fill(0, target + kept);
    this.low = low;
  }

  private reserve(length: i32): void {
    let capacity = this.counts.length;
    while (capacity < length) capacity <<= 1;
    const larger = new StaticArray<u32>(capacity);
    memory.copy(changetype<usize>(larger), changetype<usize>(this.counts), (<usize>this.counts.length) << 2);
    this.counts = larger;
  }
}
