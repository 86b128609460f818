/** The timers of one module [ABI-4.7]. Times are milliseconds of the cell's monotonic clock. */
export class Timers {
  readonly capacity: number;
  readonly #due: Float64Array;
  readonly #period: Float64Array;
  readonly #saved: Float64Array;
  #nextDue = Number.POSITIVE_INFINITY;
  #isSaved = false;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#due = new Float64Array(capacity).fill(Number.POSITIVE_INFINITY);
    this.#period = new Float64Array(capacity);
    this.#saved = new Float64Array(2 * capacity);
  }

  /** When the first timer is due; infinity if none runs. */
  get nextDue(): number {
    return this.#nextDue;
  }

  isRunning(timer: number): boolean {
    return this.#due[timer] !== Number.POSITIVE_INFINITY;
  }

  set(timer: number, dueAt: number, periodMs: number): void {
    this.#save();
    this.#due[timer] = dueAt;
    this.#period[timer] = periodMs;
    this.#findNext();
  }

  clear(timer: number): void {
    this.set(timer, Number.POSITIVE_INFINITY, 0);
  }

  /** Makes what `set` and `clear` did since the last commit final. */
  commit(): void {
    this.#isSaved = false;
  }

  /** Takes back what `set` and `clear` did since the last commit. */
  rollback(): void {
    if (!this.#isSaved) return;
    this.#due.set(this.#saved.subarray(0, this.capacity));
    this.#period.set(this.#saved.subarray(this.capacity));
    this.#isSaved = false;
    this.#findNext();
  }

  reset(): void {
    this.#due.fill(Number.POSITIVE_INFINITY);
    this.#isSaved = false;
    this.#nextDue = Number.POSITIVE_INFINITY;
  }

  /** The timer that is due first, rearmed if periodic, and how many whole periods passed without an event. */
  takeDue(now: number): { timer: number; missed: number } | undefined {
    if (now < this.#nextDue) return undefined;
    const timer = this.#due.indexOf(this.#nextDue);
    const period = this.#period[timer] as number;
    const missed = period > 0 ? Math.floor((now - this.#nextDue) / period) : 0;
    this.#due[timer] = period > 0 ? this.#nextDue + (missed + 1) * period : Number.POSITIVE_INFINITY;
    this.#findNext();
    return { timer, missed };
  }

  #save(): void {
    if (this.#isSaved) return;
    this.#saved.set(this.#due);
    this.#saved.set(this.#period, this.capacity);
    this.#isSaved = true;
  }

  #findNext(): void {
    let next = Number.POSITIVE_INFINITY;
    // Counted by hand: this runs at each call of `timer.set`, and an iterator takes ten times as long.
    for (let timer = 0; timer < this.capacity; timer++) {
      const due = this.#due[timer] as number;
      if (due < next) next = due;
    }
    this.#nextDue = next;
  }
}
