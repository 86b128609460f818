import type { Entry } from './entry.ts';
import type { JournalEnvironment } from './environment.ts';
import type { Pending } from './pending.ts';

/** Delays between attempts on a disk that refuses; the last one is used for ever. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;

/** What became of messages whose owner waits until they are on the disk. */
export type Durability = { readonly kind: 'durable' } | { readonly kind: 'not-durable'; readonly error: Error };

const DURABLE: Durability = { kind: 'durable' };

export interface CommitterOptions {
  readonly environment: JournalEnvironment;
  readonly pending: Pending;
  /** The longest that an urgent message waits for others to share its commit. */
  readonly commitMs: number;
  /** So many urgent messages, or bytes of any, do not wait. */
  readonly commitMessages: number;
  readonly commitBytes: number;
  /** Puts entries on the disk and gives each its segment. */
  readonly store: (entries: readonly Entry[]) => Promise<void>;
  /** Called behind each commit, successful or not. */
  readonly ended: (entries: readonly Entry[]) => void;
  /** Called when the disk begins to refuse, with the error, and when it takes again. */
  readonly stateChanged: (error: Error | undefined) => void;
}

/** One promise for all who wait for the same commit. */
class Group {
  readonly settled: Promise<Durability>;
  settle!: (durability: Durability) => void;

  constructor() {
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }
}

/** Decides when what is pending goes to the disk, and goes on trying when the disk refuses. */
export class Committer {
  readonly #options: CommitterOptions;
  #writing: readonly Entry[] = [];
  #writingBytes = 0;
  #current: Group | undefined;
  #next: Group | undefined;
  #flushAt = Infinity;
  #timer: { readonly at: number; cancel(): void } | undefined;
  #running: Promise<void> | undefined;
  #failures = 0;
  #error: Error | undefined;
  #isClosed = false;
  commits = 0;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** Those on their way to the disk, and the memory they take. */
  get writing(): readonly Entry[] {
    return this.#writing;
  }

  get writingBytes(): number {
    return this.#writingBytes;
  }

  /** Why the disk refuses. */
  get error(): Error | undefined {
    return this.#error;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Must be called when something was put into `pending`. */
  wake(): void {
    if (this.#running !== undefined || this.#isClosed) return;
    if (this.#error !== undefined) return;
    // The timer looks after the time; each append would have to ask for it.
    if (this.#isEnough()) void this.#run();
    else this.#sleepUntil(this.#dueAt);
  }

  /** Resolves when all that was appended before is on the disk or was settled, or with why it is not. Never rejects. */
  whenDurable(): Promise<Durability> {
    if (this.#error !== undefined) return Promise.resolve({ kind: 'not-durable', error: this.#error });
    if (this.#options.pending.live === 0) return this.#current?.settled ?? Promise.resolve(DURABLE);
    this.#next ??= new Group();
    this.#flushAt = Math.min(this.#flushAt, this.#now + this.#options.commitMs);
    this.wake();
    return this.#next.settled;
  }

  /** Writes all that is pending now, also when the disk refused before. */
  async flush(): Promise<Durability> {
    await this.#running;
    if (this.#options.pending.live === 0) return DURABLE;
    this.#flushAt = this.#now;
    await this.#run();
    return this.#error === undefined ? DURABLE : { kind: 'not-durable', error: this.#error };
  }

  /** Stops; who waits is told. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#running;
    this.#timer?.cancel();
    this.#next?.settle({ kind: 'not-durable', error: this.#error ?? new Error('the journal is closed') });
  }

  get #now(): number {
    return this.#options.environment.monotonicMs();
  }

  get #dueAt(): number {
    return Math.min(this.#options.pending.dueAt, this.#flushAt);
  }

  #isEnough(): boolean {
    const { pending, commitMessages, commitBytes } = this.#options;
    return pending.urgent >= commitMessages || pending.bytes >= commitBytes;
  }

  #isDue(): boolean {
    return this.#isEnough() || this.#dueAt <= this.#now;
  }

  #sleepUntil(at: number): void {
    if (at === Infinity || (this.#timer !== undefined && this.#timer.at <= at)) return;
    this.#timer?.cancel();
    const cancel = this.#options.environment.setTimer(Math.max(0, at - this.#now), () => {
      this.#timer = undefined;
      if (this.#isDue() && this.#error === undefined && !this.#isClosed) void this.#run();
      else this.wake();
    });
    this.#timer = { at, cancel };
  }

  #run(): Promise<void> {
    this.#running ??= this.#commitAll().finally(() => {
      this.#running = undefined;
      this.wake();
    });
    return this.#running;
  }

  async #commitAll(): Promise<void> {
    do await this.#commit();
    while (this.#error === undefined && this.#isDue());
  }

  async #commit(): Promise<void> {
    const { pending, store, ended } = this.#options;
    const entries = pending.takeAll();
    this.#writing = entries;
    this.#writingBytes = entries.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
    // Also without anybody who waits yet: who asks while it is written has to be told when it is.
    this.#current = this.#next ?? new Group();
    this.#next = undefined;
    this.#flushAt = Infinity;
    try {
      if (entries.length > 0) {
        await store(entries);
        this.commits++;
      }
      this.#succeeded();
    } catch (error) {
      pending.putBack(entries.filter(({ segment }) => segment === undefined));
      this.#failed(error as Error);
    }
    this.#writing = [];
    this.#writingBytes = 0;
    this.#current.settle(this.#error === undefined ? DURABLE : { kind: 'not-durable', error: this.#error });
    this.#current = undefined;
    ended(entries);
  }

  #succeeded(): void {
    this.#failures = 0;
    if (this.#error === undefined) return;
    this.#error = undefined;
    this.#options.stateChanged(undefined);
  }

  #failed(error: Error): void {
    const isNews = this.#error === undefined;
    this.#error = error;
    // Who began to wait during the commit waits for the same disk.
    this.#next?.settle({ kind: 'not-durable', error });
    this.#next = undefined;
    if (isNews) this.#options.stateChanged(error);
    if (this.#isClosed) return;
    this.#timer?.cancel();
    const delayMs = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]!;
    const cancel = this.#options.environment.setTimer(delayMs, () => {
      this.#timer = undefined;
      void this.#run();
    });
    this.#timer = { at: -Infinity, cancel };
  }
}
