import { STATUS, type Status } from '../../abi/constants.ts';
import type { Timer } from '../clock.ts';
import type { WriteOutcome } from '../driver.ts';
import { JobQueue } from '../job-queue.ts';
import type { ModuleSession } from '../module-session.ts';
import { type BleJob, endingOf, type JobEnding, UNSENT } from './ble-job.ts';
import type { Claim } from './central/claim.ts';
import type { GattEnd, GattLink, LinkLoss } from './central/gatt-link.ts';
import type { CharacteristicPath } from './central/radio.ts';
import type { CharacteristicWatch } from './characteristic-watch.ts';
import { CharacteristicWatches } from './characteristic-watches.ts';
import { DETAIL, DETAIL_OF_LOSS } from './detail.ts';
import { BLE_LIMITS } from './limits.ts';
import { type BlePeerOptions, LinkReports } from './link-reports.ts';
import type { Subscriber } from './subscriber.ts';
import { Subscribers } from './subscribers.ts';

/** How long a link on demand is kept when nobody needs it, unless the configuration says it. */
const IDLE_MS = 10_000;

/** One device that the gateway connects to: what modules ask of it waits for a link, and is asked one thing at a time. */
export class BleDevice {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly #options: BlePeerOptions;
  readonly #reports: LinkReports;
  readonly #queue: JobQueue<BleJob, JobEnding>;
  readonly #watches = new CharacteristicWatches();
  /** Modules that watch whether there is a link. */
  readonly #observers = new Subscribers();
  readonly #counters = { reads: 0, notifications: 0 };
  readonly #writes: Record<WriteOutcome, number> = { confirmed: 0, refused: 0, unknown: 0, expired: 0, dropped: 0 };
  readonly #claim: Claim;
  #link: GattLink | undefined;
  #lastLoss: number = DETAIL.notConnected;
  #isAsking = false;
  /** Whether what a module asks for comes before a subscription. */
  #isJobsTurn = false;
  #idle: Timer | undefined;
  #isClosed = false;

  constructor(options: BlePeerOptions) {
    const { name, config, central, clock } = options;
    this.name = name;
    this.nameBytes = new TextEncoder().encode(name);
    this.#options = options;
    this.#reports = new LinkReports(options);
    this.#queue = new JobQueue<BleJob, JobEnding>({
      clock,
      max: BLE_LIMITS.requests,
      full: UNSENT.full,
      expired: UNSENT.expired,
    });
    this.#claim = central.claim({
      ...{ address: config.address, timeoutMs: config.timeoutMs },
      ...(config.addressType === undefined ? {} : { addressType: config.addressType }),
      isBusy: () => this.#isNeeded,
      events: {
        opened: (link) => this.#opened(link),
        notified: (path, value) => this.#notified(path, value),
        closed: (loss, reason) => this.#closed(loss, reason),
        failed: (reason) => this.#failed(reason),
      },
    });
  }

  open(): void {
    this.#work();
  }

  add(job: BleJob): void {
    if (job.kind === 'read') this.#counters.reads++;
    if (this.#isClosed) job.ended(UNSENT.cancelled);
    else this.#queue.add(job);
    this.#work();
  }

  /** Counts how a write ended. */
  wrote(outcome: WriteOutcome): void {
    this.#writes[outcome]++;
  }

  subscribe(path: CharacteristicPath, subscriber: Subscriber): void {
    if (this.#isClosed) subscriber.end();
    else if (this.#watches.subscribe(path, subscriber)) this.#work();
    else {
      subscriber.tell(STATUS.full, DETAIL.none);
      subscriber.end();
    }
  }

  /** Tells at once, and at each change, whether there is a link. */
  observe(observer: Subscriber): void {
    if (this.#isClosed) {
      observer.end();
      return;
    }
    this.#observers.add(observer);
    observer.tell(...this.#linkState);
  }

  /** Ends the subscriptions of a module to a characteristic, or to the link. Returns how many there were. */
  unsubscribe(path: CharacteristicPath | undefined, session: ModuleSession): number {
    const count =
      path === undefined ? this.#observers.endSession(session, true) : this.#watches.unsubscribe(path, session);
    this.#work();
    return count;
  }

  /** Ends what the instance of a module asked for; after an orderly stop, what waits is still written. */
  endSession(session: ModuleSession, isOrderly: boolean): void {
    this.#observers.endSession(session, false);
    this.#watches.endSession(session);
    this.#queue.remove(UNSENT.cancelled, (job) => job.session === session && (!isOrderly || job.kind === 'read'));
    this.#work();
  }

  status(): Record<string, unknown> {
    const { address, connection } = this.#options.config;
    const { last, counters } = this.#reports;
    return {
      ...{ state: this.#isClosed ? 'closed' : this.#claim.state, address, connection, queued: this.#queue.length },
      ...{ subscriptions: this.#watches.wanted, subscriptionsActive: this.#watches.active },
      ...counters,
      ...this.#counters,
      writes: { ...this.#writes },
      ...(last === undefined ? {} : { lastError: last }),
    };
  }

  /** Ends what waits; the central ends the link. */
  close(): void {
    this.#isClosed = true;
    this.#idle?.cancel();
    this.#reports.settled();
    this.#queue.remove(UNSENT.cancelled);
    this.#watches.endAll();
    this.#observers.endAll();
  }

  /** Whether somebody uses the link, or would use one. */
  get #isNeeded(): boolean {
    if (this.#isClosed) return false;
    const isKept = this.#options.config.connection === 'keep';
    return isKept || this.#isAsking || this.#queue.length > 0 || this.#watches.wanted > 0;
  }

  /** Asks for a link or gives it back, and asks the device for what is next. */
  #work(): void {
    if (this.#isClosed) return;
    if (this.#link === undefined) this.#wantLink();
    else if (!this.#isAsking) this.#askNext(this.#link);
  }

  #wantLink(): void {
    if (this.#isNeeded) {
      this.#reports.missing(this.#claim);
      this.#claim.request();
    } else {
      this.#reports.settled();
      this.#claim.release();
    }
  }

  #askNext(link: GattLink): void {
    // One that is about to end says so.
    if (link.isOver) return;
    const watch = this.#watches.due();
    // Both take turns, for a module may subscribe and unsubscribe without end.
    const job = watch === undefined || this.#isJobsTurn ? this.#queue.next() : undefined;
    this.#isJobsTurn = job === undefined;
    if (job !== undefined) this.#askJob(link, job);
    else if (watch !== undefined) this.#askWatch(link, watch);
    else this.#rest();
  }

  #askWatch(link: GattLink, watch: CharacteristicWatch): void {
    const isOn = watch.isWanted;
    this.#watches.asking(watch);
    this.#begin();
    link.notify(watch.path, isOn, (end) => {
      this.#watches.asked(watch, isOn, end);
      this.#asked(end);
    });
  }

  #askJob(link: GattLink, job: BleJob): void {
    const ended = (end: GattEnd<Uint8Array | undefined>): void => {
      job.ended(endingOf(job, end));
      this.#asked(end);
    };
    this.#begin();
    if (job.kind === 'read') link.read(job.path, ended);
    else link.write(job.path, job.data, { withResponse: job.kind === 'write', sendBy: job.expiresAt }, ended);
  }

  #begin(): void {
    this.#isAsking = true;
    this.#idle?.cancel();
    this.#idle = undefined;
  }

  #asked(end: GattEnd<unknown>): void {
    // What is done about a link that is lost, is done when that is said.
    if (end.kind === 'lost') return;
    this.#isAsking = false;
    if (end.kind === 'done' || end.kind === 'refused') this.#reports.answered();
    this.#work();
  }

  /** Nobody needs the link at the moment. */
  #rest(): void {
    if (this.#isNeeded || this.#idle !== undefined) return;
    const { clock, config } = this.#options;
    this.#idle = clock.after(config.idleMs ?? IDLE_MS, () => {
      this.#idle = undefined;
      if (!this.#isNeeded) this.#claim.release();
    });
    this.#claim.idle();
  }

  #opened(link: GattLink): void {
    this.#link = link;
    this.#reports.opened();
    this.#observers.tell(...this.#linkState);
    this.#work();
  }

  #closed(loss: LinkLoss, reason: string): void {
    this.#link = undefined;
    this.#idle?.cancel();
    this.#idle = undefined;
    this.#lastLoss = DETAIL_OF_LOSS[loss];
    if (this.#isNeeded) this.#reports.lost(loss, reason);
    this.#isAsking = false;
    this.#watches.lost(loss);
    this.#observers.tell(...this.#linkState);
    this.#work();
  }

  #failed(reason: string): void {
    this.#reports.failed(reason, this.#isNeeded);
    this.#work();
  }

  #notified(path: CharacteristicPath, value: Uint8Array): void {
    this.#counters.notifications++;
    this.#reports.answered();
    this.#watches.notified(path, value);
  }

  /** What observers are told. */
  get #linkState(): readonly [status: Status, detail: number] {
    return this.#link === undefined ? [STATUS.unavailable, this.#lastLoss] : [STATUS.ok, DETAIL.none];
  }
}
