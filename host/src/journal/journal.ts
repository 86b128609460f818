import { GatehouseError } from '../errors.ts';
import { writeBoot } from './boot-file.ts';
import { CursorFile } from './cursor-file.ts';
import { type JournalEnvironment, systemEnvironment } from './environment.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import type { JournalEvents } from './journal-events.ts';
import { JournalQueue } from './journal-queue.ts';
import type { JournalTime } from './journal-time.ts';
import type { MessageIds } from './message-ids.ts';
import { nodeStorage } from './node-storage.ts';
import { type Found, type Opened, openFolder } from './open-folder.ts';
import type { QueueCounters } from './queue-counters.ts';
import { queueFolder } from './queue-folder.ts';
import { QUEUE_DEFAULTS, type QueueOptions } from './queue-options.ts';
import type { Finding, Recovered } from './recover-queue.ts';
import type { Storage } from './storage.ts';

/** How often clocks and reservations are looked after. */
const LOOK_MS = 60_000;
/** How long `close` waits for the disk, unless told otherwise. */
const CLOSE_MS = 5_000;
/** Findings that an event names. */
const FINDINGS_TOLD = 8;

export interface JournalOptions {
  /** Absolute path. */
  readonly folder: string;
  readonly events: JournalEvents;
  /** For all queues; what is absent has its default. */
  readonly queue?: Partial<QueueOptions>;
  /** For queues of a priority, beyond those for all. */
  readonly byPriority?: ReadonlyMap<number, Partial<QueueOptions>>;
  readonly environment?: JournalEnvironment;
  readonly storage?: Storage;
  /** Undefined when another process has the folder. */
  readonly lock?: (folder: string) => Promise<FolderLock | undefined>;
}

/** Figures of the journal since it was opened. */
export interface JournalStatus {
  readonly epoch: number;
  readonly isDegraded: boolean;
  readonly queues: readonly ({ readonly priority: number; readonly error?: string } & QueueCounters)[];
}

/**
 * Messages that outlive the process and the power, in a queue for each priority. It opens whatever is in its folder, and it
 * works, in bounded memory, while the disk does not; `JournalEvents` tells what happens.
 */
export class Journal {
  readonly time: JournalTime;
  readonly #options: JournalOptions;
  readonly #environment: JournalEnvironment;
  readonly #storage: Storage;
  readonly #ids: MessageIds;
  readonly #lock: FolderLock | undefined;
  readonly #queues = new Map<number, JournalQueue>();
  #isBootSaved: boolean;
  #cancelLook: (() => void) | undefined;
  #looking: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: JournalOptions, lock: FolderLock | undefined, opened: Opened) {
    this.#options = options;
    this.#environment = options.environment ?? systemEnvironment;
    this.#storage = options.storage ?? nodeStorage;
    this.#lock = lock;
    this.time = opened.time;
    this.#ids = opened.ids;
    this.#isBootSaved = opened.isBootSaved;
    for (const [priority, { cursorFile, recovered }] of opened.found.queues)
      this.#addQueue(priority, cursorFile, recovered);
    this.#tellFindings(opened.found);
    this.#lookLater();
  }

  /** @throws GatehouseError JOURNAL_LOCKED, and nothing else */
  static async open(options: JournalOptions): Promise<Journal> {
    const { folder, storage = nodeStorage, environment = systemEnvironment } = options;
    await storage.makeFolder(folder).catch(() => {});
    const lock = await takeLock(options);
    try {
      return new Journal(options, lock, await openFolder(storage, folder, environment));
    } catch (error) {
      await lock?.release();
      throw error;
    }
  }

  /** The boot epoch: with the sequence of a message its id. */
  get epoch(): number {
    return this.#ids.epoch;
  }

  /** The queue of a priority; those that had messages on the disk are there from the beginning. */
  queue(priority: number): JournalQueue {
    const queue = this.#queues.get(priority);
    if (queue !== undefined) return queue;
    const cursorFile = new CursorFile(this.#storage, this.#folderOf(priority));
    return this.#addQueue(priority, cursorFile, NOTHING);
  }

  /** By priority, the lowest number, which goes first, in front. */
  get queues(): readonly (readonly [priority: number, queue: JournalQueue])[] {
    return [...this.#queues].sort(([a], [b]) => a - b);
  }

  status(): JournalStatus {
    const queues = this.queues.map(([priority, queue]) => ({
      priority,
      ...(queue.error === undefined ? {} : { error: queue.error.message }),
      ...queue.counters,
    }));
    return { epoch: this.epoch, isDegraded: queues.some(({ error }) => error !== undefined), queues };
  }

  /**
   * Takes no more messages, writes what is in memory only, and gives the folder back. A disk that does not answer is not
   * waited for. Idempotent, and shared by concurrent callers.
   */
  close(deadlineMs = CLOSE_MS): Promise<void> {
    this.#closed ??= this.#close(deadlineMs);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#cancelLook?.();
    let cancel: (() => void) | undefined;
    const deadline = new Promise<void>((resolve) => {
      cancel = this.#environment.setTimer(deadlineMs, resolve);
    });
    await Promise.race([this.#finish(), deadline]);
    cancel?.();
    await this.#lock?.release();
  }

  async #finish(): Promise<void> {
    await this.#looking;
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#saveBoot(this.#ids.used);
  }

  #folderOf(priority: number): string {
    return `${this.#options.folder}/${queueFolder(priority)}`;
  }

  #addQueue(priority: number, cursorFile: CursorFile, recovered: Recovered): JournalQueue {
    const { queue: forAll, byPriority, events } = this.#options;
    const folder = this.#folderOf(priority);
    const queue = new JournalQueue({
      storage: this.#storage,
      environment: this.#environment,
      folder,
      options: { ...QUEUE_DEFAULTS, ...forAll, ...byPriority?.get(priority) },
      ids: this.#ids,
      time: this.time,
      cursorFile,
      recovered,
      events: {
        ready: (outbox) => events.ready(priority, outbox),
        full: () => this.#problem('JOURNAL_FULL', `${folder} has reached its quota`, { folder, priority }),
        stateChanged: (error) => {
          if (error === undefined) events.recovered(priority);
          else
            this.#problem(
              'JOURNAL_DEGRADED',
              `${folder} cannot be written: ${error.message}`,
              { folder, priority },
              error,
            );
        },
        damaged: (text, error) => this.#problem('JOURNAL_DAMAGED', text, { folder, priority }, error),
      },
    });
    this.#queues.set(priority, queue);
    return queue;
  }

  #lookLater(): void {
    this.#cancelLook = this.#environment.setTimer(LOOK_MS, () => {
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined;
        if (this.#closed === undefined) this.#lookLater();
      });
    });
  }

  async #look(): Promise<void> {
    if (this.time.look() || this.#ids.isLow || !this.#isBootSaved) await this.#saveBoot();
  }

  async #saveBoot(reservation = this.#ids.extended): Promise<void> {
    try {
      await writeBoot(this.#storage, this.#options.folder, { reservation, anchor: this.time.anchor() });
      this.#ids.extend(reservation);
      this.#isBootSaved = true;
    } catch {
      // Tried again with the next look; until then the old reservation holds.
      this.#isBootSaved = false;
    }
  }

  #tellFindings({ isBootDamaged, queues, strange }: Found): void {
    const { folder } = this.#options;
    if (isBootDamaged)
      this.#problem('JOURNAL_DAMAGED', `${folder}/boot cannot be read; message ids jump ahead`, { folder });
    if (strange.length > 0)
      this.#problem('JOURNAL_DAMAGED', `${folder} has files that are not of the journal`, {
        folder,
        files: strange.slice(0, FINDINGS_TOLD),
      });
    for (const [priority, { recovered }] of queues) {
      const findings = recovered.findings.filter(({ kind }) => kind !== 'torn');
      if (findings.length === 0) continue;
      const text = `${this.#folderOf(priority)} is damaged in ${findings.length} places: ${describe(findings)}`;
      this.#problem('JOURNAL_DAMAGED', text, { folder, priority, findings: findings.slice(0, FINDINGS_TOLD) });
    }
  }

  #problem(
    code: 'JOURNAL_DAMAGED' | 'JOURNAL_DEGRADED' | 'JOURNAL_FULL',
    text: string,
    details: object,
    cause?: Error,
  ): void {
    const options = { details: { ...details }, ...(cause === undefined ? {} : { cause }) };
    this.#options.events.problem(new GatehouseError(code, text, options));
  }
}

const NOTHING: Recovered = {
  segments: [],
  settledTo: new Map(),
  findings: [],
  hasCursor: false,
  epoch: undefined,
  sequence: undefined,
  appendedAt: 0,
};

async function takeLock({ folder, lock = lockFolder }: JournalOptions): Promise<FolderLock | undefined> {
  let taken: FolderLock | undefined;
  try {
    taken = await lock(folder);
  } catch {
    // There is no folder, or no socket: nobody else can use what is not there either.
    return undefined;
  }
  if (taken !== undefined) return taken;
  throw new GatehouseError('JOURNAL_LOCKED', `another process uses ${folder}`, { details: { folder } });
}

function describe(findings: readonly Finding[]): string {
  return findings
    .slice(0, FINDINGS_TOLD)
    .map(({ file, kind, bytes }) => `${file} ${kind}${bytes > 0 ? ` (${bytes} bytes)` : ''}`)
    .join(', ');
}
