/** One point of a chart: what was measured during one bucket of time. */
export interface SeriesPoint {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

interface Bucket {
  index: number;
  min: number;
  max: number;
  sum: number;
  count: number;
}

/** A measurement over time, in buckets of equal length; keeps the newest `capacity` of them. */
export class Series {
  /** The newest value. */
  last: number | undefined;
  readonly #bucketMs: number;
  readonly #buckets: Bucket[];

  constructor(bucketMs: number, capacity: number) {
    this.#bucketMs = bucketMs;
    this.#buckets = Array.from({ length: capacity }, () => ({ index: -1, min: 0, max: 0, sum: 0, count: 0 }));
  }

  /** Takes in a value at a time of the caller's clock. */
  add(timeMs: number, value: number): void {
    this.last = value;
    const index = Math.floor(timeMs / this.#bucketMs);
    const bucket = this.#buckets[index % this.#buckets.length]!;
    if (bucket.index !== index) Object.assign(bucket, { index, min: value, max: value, sum: 0, count: 0 });
    bucket.min = Math.min(bucket.min, value);
    bucket.max = Math.max(bucket.max, value);
    bucket.sum += value;
    bucket.count++;
  }

  /** The `count` buckets that ended last before `timeMs`, oldest first; undefined where nothing was measured. */
  recent(timeMs: number, count: number): (SeriesPoint | undefined)[] {
    const end = Math.floor(timeMs / this.#bucketMs);
    return Array.from({ length: count }, (_, i) => {
      const index = end - count + i;
      const bucket = index < 0 ? undefined : this.#buckets[index % this.#buckets.length];
      if (bucket === undefined || bucket.index !== index) return undefined;
      return { min: bucket.min, max: bucket.max, mean: bucket.sum / bucket.count };
    });
  }
}
