import type { GatehouseError } from '../../host/src/errors.ts';
import type { JournalEnvironment } from '../../host/src/journal/environment.ts';
import {
  type Departure,
  Journal,
  type JournalQueue,
  type Outbox,
  type QueueOptions,
} from '../../host/src/journal/index.ts';
import { type Cut, PowerCutStorage } from './power-cut-storage.ts';

/** Time that passes, and randomness that comes, only when a test says so. */
export class VirtualJournalEnvironment implements JournalEnvironment {
  machineBoot = 'boot-1';
  isKnown = true;
  #nowMs = 1_000_000;
  #wallMs = 1_700_000_000_000;
  #random: number;
  readonly #timers = new Set<{ readonly at: number; readonly call: () => void }>();

  constructor(seed = 1) {
    this.#random = seed;
  }

  /** Timers that would still fire. */
  get pending(): number {
    return this.#timers.size;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  isTimeKnown(): boolean {
    return this.isKnown;
  }

  random48(): number {
    this.#random = (this.#random * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#random * 2 ** 17 + (this.#random % 2 ** 17);
  }

  setTimer(delayMs: number, call: () => void): () => void {
    const timer = { at: this.#nowMs + delayMs, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Sets the wall clock without letting time pass. */
  setWall(wallMs: number): void {
    this.#wallMs = wallMs;
  }

  /** The machine starts anew: its monotonic clock begins at 0, and it was off for a while. */
  restartMachine(offMs: number): void {
    this.machineBoot += '+';
    this.#nowMs = 0;
    this.#wallMs += offMs;
    this.#timers.clear();
  }

  /** Lets time pass and everything come to rest that becomes due meanwhile. */
  async pass(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await rest();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#goTo(Math.max(this.#nowMs, next.at));
      next.call();
      await rest();
    }
    this.#goTo(end);
  }

  #goTo(nowMs: number): void {
    this.#wallMs += nowMs - this.#nowMs;
    this.#nowMs = nowMs;
  }

  #next(end: number) {
    let first: { readonly at: number; readonly call: () => void } | undefined;
    for (const timer of this.#timers)
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }
}

/** Lets everything that does not wait for time come to rest: the double settles with the event loop. */
export async function rest(turns = 12): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export const FOLDER = '/data/journal';
export const PRIORITY = 3;
const HEAD = Buffer.from('h');
const ROOM = 1e9;

export interface RigOptions {
  readonly storage?: PowerCutStorage;
  readonly environment?: VirtualJournalEnvironment;
  readonly queue?: Partial<QueueOptions>;
}

/** A journal in memory with one queue, whose messages are short texts. */
export class JournalRig {
  readonly storage: PowerCutStorage;
  readonly environment: VirtualJournalEnvironment;
  readonly journal: Journal;
  readonly problems: GatehouseError[];
  readonly ready: string[];
  readonly #options: RigOptions;

  private constructor(
    parts: Pick<JournalRig, 'storage' | 'environment' | 'journal' | 'problems' | 'ready'>,
    options: RigOptions,
  ) {
    this.storage = parts.storage;
    this.environment = parts.environment;
    this.journal = parts.journal;
    this.problems = parts.problems;
    this.ready = parts.ready;
    this.#options = options;
  }

  static async open(options: RigOptions = {}): Promise<JournalRig> {
    const { storage = new PowerCutStorage(), environment = new VirtualJournalEnvironment(), queue = {} } = options;
    const problems: GatehouseError[] = [];
    const ready: string[] = [];
    const journal = await Journal.open({
      folder: FOLDER,
      storage,
      environment,
      queue: { keepFreeBytes: 0, ...queue },
      lock: async () => ({ release: async () => {} }),
      events: {
        ready: (_, { name }) => void ready.push(name),
        problem: (error) => void problems.push(error),
        recovered: () => void ready.push('(recovered)'),
      },
    });
    return new JournalRig({ storage, environment, journal, problems, ready }, options);
  }

  get queue(): JournalQueue {
    return this.journal.queue(PRIORITY);
  }

  get codes(): string[] {
    return this.problems.map(({ code }) => code);
  }

  /** Names of the segments and of the cursor. */
  get files(): string[] {
    return [...this.storage.files().keys()]
      .filter((path) => path.startsWith(`${FOLDER}/queue-`))
      .map((path) => path.slice(path.lastIndexOf('/') + 1))
      .sort();
  }

  outbox(name = 'a'): Outbox {
    return this.queue.outbox(name);
  }

  append(text: string, { name = 'a', isUrgent = true, timeToLiveMs = Infinity } = {}): number {
    const outcome = this.queue.append(this.outbox(name), {
      head: HEAD,
      body: Buffer.from(text),
      isUrgent,
      timeToLiveMs,
    });
    if (outcome.kind === 'refused') throw new Error(`refused: ${outcome.why}`);
    return outcome.sequence;
  }

  /** Appends texts and waits until they are on the disk. */
  async store(...texts: string[]): Promise<void> {
    for (const text of texts) this.append(text);
    await this.durable();
  }

  /** Lets all that was appended reach the disk; fails when it does not. */
  async durable(): Promise<void> {
    const durable = this.queue.whenDurable();
    await this.environment.pass(100);
    const { kind } = await durable;
    if (kind !== 'durable') throw new Error(kind);
  }

  /** Takes all there is of an outbox, and settles it if asked to; what is not settled must fit into the window. */
  async takeAll(name = 'a', options: { readonly settles?: boolean } = {}): Promise<string[]> {
    return (await this.departures(name, options)).map(({ body }) => body.toString());
  }

  /** The same, with ids. */
  async departures(name: string, { settles = false } = {}): Promise<Departure[]> {
    const outbox = this.outbox(name);
    const departures: Departure[] = [];
    for (let empty = 0; empty < 2; ) {
      const departure = this.queue.take(outbox, ROOM);
      if (departure === undefined) {
        empty++;
        await rest();
        continue;
      }
      empty = 0;
      departures.push(departure);
      if (settles) this.queue.settle(outbox, departure.sequence);
    }
    return departures;
  }

  /** What the next process finds after the power went off at this moment, with everything unsynced lost unless it is told otherwise. */
  async afterCut(cut: Cut = { keepsName: () => false, keptBytes: () => 0 }): Promise<JournalRig> {
    const storage = this.storage.cut(cut);
    return JournalRig.open({ ...this.#options, storage, environment: this.environment });
  }

  /** Ends in order, and opens the same folder again. */
  async reopen(): Promise<JournalRig> {
    await this.close();
    return JournalRig.open({ ...this.#options, storage: this.storage, environment: this.environment });
  }

  async close(): Promise<void> {
    const closed = this.journal.close();
    await rest();
    await closed;
  }
}
