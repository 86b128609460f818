import type { Clock, Timer } from '../clock.ts';
import { NOTHING_WAITS, WRITE_WAITS } from './device-link.ts';
import type { Job, ModuleSession, UnsentReason } from './job.ts';
import { isWriting } from './request.ts';

/** Requests that wait for one device; one more is refused. */
export const QUEUE_MAX = 1024;

/**
 * What waits for one device: writes in their order, then reads in theirs. A write leaves by itself when its time has
 * passed, so that a module hears of it while the device is away.
 */
export class RequestQueue {
  readonly #clock: Clock;
  #writes: Job[] = [];
  #reads: Job[] = [];
  #expiry: Timer | undefined;
  #expiryAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#writes.length + this.#reads.length;
  }

  /** What would be sent next: `NOTHING_WAITS`, a read, or `WRITE_WAITS`. */
  mostUrgent(): number {
    if (this.#writes.length > 0) return WRITE_WAITS;
    return this.#reads.length > 0 ? 0 : NOTHING_WAITS;
  }

  add(job: Job): void {
    if (this.length >= QUEUE_MAX) {
      job.unsent('full');
      return;
    }
    if (isRead(job)) this.#reads.push(job);
    else this.#writes.push(job);
    this.#watch(job.expiresAt);
  }

  /** Puts a write of the host in front of everything; there is always room for it. */
  addFirst(job: Job): void {
    this.#writes.unshift(job);
  }

  /** Takes what is to be sent next. Writes whose time has passed end here. */
  next(): Job | undefined {
    while (this.#writes.length > 0) {
      const job = this.#writes.shift()!;
      if (this.#writes.length === 0) this.#unwatch();
      if (job.expiresAt > this.#clock.now()) return job;
      job.unsent('expired');
    }
    return this.#reads.shift();
  }

  /** Gives up every job of a module that failed. */
  removeOf(session: ModuleSession): void {
    this.#remove((job) => job.session === session, 'module-gone');
  }

  /** Gives up the reads of a module that stopped in order: what it still wanted written is written. */
  removeReadsOf(session: ModuleSession): void {
    this.#remove((job) => job.session === session && isRead(job), 'module-gone');
  }

  /** Gives up one job, if it still waits. */
  remove(job: Job): void {
    this.#remove((each) => each === job, 'module-gone');
  }

  /** Gives up all reads, because the device is not there to be asked or the host closes. Writes stay until they expire. */
  removeReads(reason: 'not-connected' | 'closing'): void {
    this.#remove(isRead, reason);
  }

  removeAll(): void {
    this.#remove(() => true, 'closing');
  }

  #remove(isWanted: (job: Job) => boolean, reason: UnsentReason): void {
    const removed = new Set([...this.#writes, ...this.#reads].filter(isWanted));
    if (removed.size === 0) return;
    const isLeft = (job: Job): boolean => !removed.has(job);
    this.#writes = this.#writes.filter(isLeft);
    this.#reads = this.#reads.filter(isLeft);
    if (this.#writes.length === 0) this.#unwatch();
    for (const job of removed) job.unsent(reason);
  }

  #watch(expiresAt: number): void {
    if (expiresAt >= this.#expiryAt) return;
    this.#expiry?.cancel();
    this.#expiryAt = expiresAt;
    this.#expiry = this.#clock.after(expiresAt - this.#clock.now(), () => this.#expire());
  }

  #unwatch(): void {
    this.#expiry?.cancel();
    this.#expiry = undefined;
    this.#expiryAt = Number.POSITIVE_INFINITY;
  }

  #expire(): void {
    this.#unwatch();
    const now = this.#clock.now();
    this.#remove((job) => job.expiresAt <= now, 'expired');
    for (const job of this.#writes) this.#watch(job.expiresAt);
  }
}

const isRead = (job: Job): boolean => !isWriting(job.request);
