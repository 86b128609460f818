import { decodeNotification, machineMs } from './notification.ts';

/** What a central heard in one phase, from the first notification to the last. */
export interface Heard {
  readonly phase: number;
  readonly received: number;
  /** Notifications whose number is not the next one of their leaf: what follows a gap, what is late, what comes twice. */
  readonly outOfOrder: number;
  readonly ms: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const BUCKET_MS = 0.1;
const BUCKETS = 50_000;

/** Counts notifications as `assembly/tally.ts` does, with a clock as coarse as that of a module. */
export class Tally {
  #phase = 0;
  #received = 0;
  #outOfOrder = 0;
  #firstMs = 0;
  #lastMs = 0;
  #told = 0;
  #seen = 0;
  readonly #buckets = new Uint32Array(BUCKETS);
  readonly #next: number[];

  constructor(leaves: number) {
    this.#next = new Array<number>(leaves).fill(0);
  }

  take(leaf: number, value: Buffer): void {
    const { phase, number, sentMs } = decodeNotification(value);
    const nowMs = Math.floor(machineMs());
    if (phase !== this.#phase) this.#begin(phase, nowMs);
    if (number !== this.#next[leaf]) this.#outOfOrder++;
    this.#next[leaf] = number + 1;
    this.#received++;
    this.#lastMs = nowMs;
    const bucket = Math.floor((nowMs + 0.5 - sentMs) / BUCKET_MS);
    this.#buckets[Math.max(0, Math.min(bucket, BUCKETS - 1))]!++;
  }

  /** To be called now and then: what was heard, each time when nothing has come since the last call. */
  settled(): Heard | undefined {
    const isQuiet = this.#received === this.#seen && this.#received !== this.#told;
    this.#seen = this.#received;
    if (!isQuiet) return undefined;
    this.#told = this.#received;
    return {
      ...{ phase: this.#phase, received: this.#received, outOfOrder: this.#outOfOrder },
      ...{ ms: this.#lastMs - this.#firstMs, p50Ms: this.#latencyMs(0.5), p99Ms: this.#latencyMs(0.99) },
    };
  }

  #begin(phase: number, nowMs: number): void {
    this.#phase = phase;
    this.#firstMs = nowMs;
    this.#received = this.#outOfOrder = this.#told = this.#seen = 0;
    this.#buckets.fill(0);
    this.#next.fill(0);
  }

  #latencyMs(share: number): number {
    const wanted = Math.floor(this.#received * share);
    let passed = 0;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && passed + this.#buckets[bucket]! <= wanted) passed += this.#buckets[bucket++]!;
    return (bucket + 0.5) * BUCKET_MS;
  }
}
