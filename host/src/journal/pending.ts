import type { Entry } from './entry.ts';

/** Messages that are in memory only, in the order of their sequences. */
export class Pending {
  #entries: Entry[] = [];
  /** How many of the entries at the front have been given up already. */
  #start = 0;
  #bytes = 0;
  #live = 0;
  #urgent = 0;
  #urgentDueAt = Infinity;

  /** Those that are not gone, and the memory they take. */
  get live(): number {
    return this.#live;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Those that wait for the next commit. */
  get urgent(): number {
    return this.#urgent;
  }

  /** When the next commit must begin, on the monotonic clock. What was settled meanwhile needs none. */
  get dueAt(): number {
    return Math.min(this.oldest?.dueAt ?? Infinity, this.#urgentDueAt);
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#count(entry);
  }

  /** Must be called when one of the entries is gone. */
  forget(entry: Entry): void {
    entry.isPending = false;
    this.#bytes -= entry.memoryBytes;
    this.#live--;
    if (entry.isUrgent && --this.#urgent === 0) this.#urgentDueAt = Infinity;
    while (this.#start < this.#entries.length && this.#entries[this.#start]!.isGone) this.#start++;
    if (this.#start === this.#entries.length) this.#reset();
    else if (this.#start > 1_024 && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The oldest that is not gone. */
  get oldest(): Entry | undefined {
    return this.#entries[this.#start];
  }

  takeAll(): Entry[] {
    const entries = this.#entries.filter((entry) => !entry.isGone);
    for (const entry of entries) entry.isPending = false;
    this.#reset();
    this.#bytes = 0;
    this.#live = 0;
    return entries;
  }

  /** What a failed commit could not write comes back, in front of what came since. */
  putBack(entries: readonly Entry[]): void {
    const alive = entries.filter((entry) => !entry.isGone);
    this.#entries = [...alive, ...this.#entries.slice(this.#start)];
    this.#start = 0;
    for (const entry of alive) this.#count(entry);
  }

  /** Those of one outbox behind a sequence. */
  *of(outbox: Entry['outbox'], after: number): Generator<Entry> {
    for (let at = this.#start; at < this.#entries.length; at++) {
      const entry = this.#entries[at]!;
      if (entry.outbox === outbox && entry.sequence > after && !entry.isGone) yield entry;
    }
  }

  #count(entry: Entry): void {
    entry.isPending = true;
    this.#bytes += entry.memoryBytes;
    this.#live++;
    if (!entry.isUrgent) return;
    this.#urgent++;
    this.#urgentDueAt = Math.min(this.#urgentDueAt, entry.dueAt);
  }

  #reset(): void {
    this.#entries = [];
    this.#start = 0;
    this.#urgent = 0;
    this.#urgentDueAt = Infinity;
  }
}
