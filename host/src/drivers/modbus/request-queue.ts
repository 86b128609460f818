import type { Clock, Timer } from '../clock.ts';
import type { ModuleSession } from '../module-session.ts';
import { HOST_WRITE_WAITS, NOTHING_WAITS, READ_IS_DUE, WRITE_WAITS } from './device-link.ts';
import type { Job, UnsentReason } from './job.ts';
import { JobTurns } from './job-turns.ts';
import { isWriting } from './request.ts';
import type { WriteShare } from './write-share.ts';

/** Reads, and writes, of one module that wait for one device, and reads of polls that are read together; one more is refused. */
export const QUEUE_MAX = 1024;

/**
 * What waits for one device: writes of the host, then writes, then reads. Modules and polls take turns. A write leaves by
 * itself when its time has passed, so that a module hears of it while the device is away.
 */
export class RequestQueue {
  readonly #clock: Clock;
  readonly #share: WriteShare;
  #first: Job[] = [];
  readonly #writes: JobTurns;
  readonly #reads: JobTurns;
  #expiry: Timer | undefined;
  #expiryAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, share: WriteShare) {
    this.#clock = clock;
    this.#share = share;
    this.#writes = new JobTurns(clock);
    this.#reads = new JobTurns(clock);
  }

  get length(): number {
    return this.#first.length + this.#writes.length + this.#reads.length;
  }

  /** How urgent it is what would be sent next; see `LinkEvents.mostUrgent`. */
  mostUrgent(): number {
    if (this.#first.length > 0) return HOST_WRITE_WAITS;
    const priority = this.#reads.highest();
    if (priority !== undefined && this.#share.isUsedUp) return READ_IS_DUE + priority;
    if (this.#writes.length > 0) return WRITE_WAITS;
    return priority ?? NOTHING_WAITS;
  }

  add(job: Job): void {
    const turns = isRead(job) ? this.#reads : this.#writes;
    if (turns.countOf(job.asker) >= QUEUE_MAX) {
      job.unsent('full');
      return;
    }
    turns.add(job);
    this.#watch(job.expiresAt);
  }

  /** Puts a write of the host in front of everything; there is always room for it. */
  addFirst(job: Job): void {
    this.#first.unshift(job);
  }

  /** Takes what is to be sent next. Writes whose time has passed end here. */
  next(): Job | undefined {
    const first = this.#first.shift();
    if (first !== undefined) return first;
    const due = this.#share.isUsedUp ? this.#reads.next() : undefined;
    return due ?? this.#nextWrite() ?? this.#reads.next();
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

  #nextWrite(): Job | undefined {
    for (let job = this.#writes.next(); job !== undefined; job = this.#writes.next()) {
      if (this.#writes.length === 0) this.#unwatch();
      if (job.expiresAt > this.#clock.now()) return job;
      job.unsent('expired');
    }
    return undefined;
  }

  #remove(isWanted: (job: Job) => boolean, reason: UnsentReason): void {
    const first = this.#first.filter(isWanted);
    const removed = [...first, ...this.#writes.remove(isWanted), ...this.#reads.remove(isWanted)];
    if (first.length > 0) this.#first = this.#first.filter((job) => !first.includes(job));
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
