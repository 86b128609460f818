import { STATUS } from '../../abi/constants.ts';
import type { Clock, Timer } from '../clock.ts';
import { DeviceHealth } from '../device-health.ts';
import type { DriverEvents, WriteOutcome } from '../driver.ts';
import { JobQueue } from '../job-queue.ts';
import type { ModuleSession } from '../module-session.ts';
import { type BleJob, endingOf, type JobEnding, UNSENT } from './ble-job.ts';
import type { Central } from './central/central.ts';
import type { Claim } from './central/claim.ts';
import type { GattEnd, GattLink, LinkLoss } from './central/gatt-link.ts';
import type { CharacteristicPath } from './central/radio.ts';
import type { CharacteristicWatch } from './characteristic-watch.ts';
import { CharacteristicWatches } from './characteristic-watches.ts';
import type { BlePeerConfig } from './config.ts';
import { DETAIL, DETAIL_OF_LOSS } from './detail.ts';
import { BLE_LIMITS } from './limits.ts';
import type { Subscriber } from './subscriber.ts';

/** A device that is wanted and not linked for so long is said to be away. */
const AWAY_MS = 10_000;
/** How long a link on demand is kept when nobody needs it, unless the configuration says it. */
const IDLE_MS = 10_000;

export interface BleDeviceOptions {
  readonly name: string;
  readonly config: BlePeerConfig;
  readonly central: Central;
  readonly events: DriverEvents;
  readonly clock: Clock;
}

/** One device that the gateway connects to: what modules ask of it waits for a link, and is asked one thing at a time. */
export class BleDevice {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly #options: BleDeviceOptions;
  readonly #health: DeviceHealth;
  readonly #queue: JobQueue<BleJob, JobEnding>;
  readonly #watches = new CharacteristicWatches();
  readonly #observers = new Set<Subscriber>();
  readonly #counters = {
    ...{ connections: 0, connectFailures: 0, connectionsLost: 0, timeouts: 0, badAnswers: 0 },
    ...{ reads: 0, notifications: 0 },
  };
  readonly #writes: Record<WriteOutcome, number> = { confirmed: 0, refused: 0, unknown: 0, expired: 0, dropped: 0 };
  readonly #claim: Claim;
  #link: GattLink | undefined;
  #lastLoss: number = DETAIL.notConnected;
  #isAsking = false;
  /** Whether what a module asks for comes before a subscription. */
  #isJobsTurn = false;
  #idle: Timer | undefined;
  #away: Timer | undefined;
  #isClosed = false;

  constructor(options: BleDeviceOptions) {
    const { name, config, central, clock, events } = options;
    this.name = name;
    this.nameBytes = new TextEncoder().encode(name);
    this.#options = options;
    this.#health = new DeviceHealth(name, clock, events.log);
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
    this.#tell(observer);
  }

  /** Ends the subscriptions of a module to a characteristic, or to the link. Returns how many there were. */
  unsubscribe(path: CharacteristicPath | undefined, session: ModuleSession): number {
    const count = path === undefined ? this.#endObservers(session, true) : this.#watches.unsubscribe(path, session);
    this.#work();
    return count;
  }

  /** Ends what the instance of a module asked for; after an orderly stop, what waits is still written. */
  endSession(session: ModuleSession, isOrderly: boolean): void {
    this.#endObservers(session, false);
    this.#watches.endSession(session);
    this.#queue.remove(UNSENT.cancelled, (job) => job.session === session && (!isOrderly || job.kind === 'read'));
    this.#work();
  }

  status(): Record<string, unknown> {
    const { address, connection } = this.#options.config;
    const { last } = this.#health;
    return {
      ...{ state: this.#isClosed ? 'closed' : this.#claim.state, address, connection, queued: this.#queue.length },
      ...{ subscriptions: this.#watches.wanted, subscriptionsActive: this.#watches.active },
      ...this.#counters,
      writes: { ...this.#writes },
      ...(last === undefined ? {} : { lastError: last }),
    };
  }

  /** Ends what waits; the central ends the link. */
  close(): void {
    this.#isClosed = true;
    this.#idle?.cancel();
    this.#away?.cancel();
    this.#queue.remove(UNSENT.cancelled);
    this.#watches.endAll();
    for (const observer of this.#observers) observer.end();
    this.#observers.clear();
  }

  /** Whether somebody uses the link, or would use one. */
  get #isNeeded(): boolean {
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
    if (!this.#isNeeded) {
      this.#away?.cancel();
      this.#away = undefined;
      this.#claim.release();
      return;
    }
    const { clock } = this.#options;
    this.#away ??= clock.after(AWAY_MS, () => this.#missed());
    this.#claim.request();
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
    this.#isAsking = false;
    // What is done about a link that is lost, is done when that is said.
    if (end.kind === 'lost') return;
    if (end.kind === 'done' || end.kind === 'refused') this.#health.answered();
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
    this.#counters.connections++;
    this.#away?.cancel();
    this.#away = undefined;
    this.#health.connected();
    for (const observer of this.#observers) this.#tell(observer);
    this.#work();
  }

  #closed(loss: LinkLoss, reason: string): void {
    this.#link = undefined;
    this.#idle?.cancel();
    this.#idle = undefined;
    this.#lastLoss = DETAIL_OF_LOSS[loss];
    if (this.#isNeeded && !this.#isClosed) this.#reportLoss(loss, reason);
    this.#watches.lost(loss);
    for (const observer of this.#observers) this.#tell(observer);
    this.#work();
  }

  #reportLoss(loss: LinkLoss, reason: string): void {
    const { address, timeoutMs } = this.#options.config;
    if (loss !== 'turn') this.#counters.connectionsLost++;
    switch (loss) {
      case 'timeout':
        this.#counters.timeouts++;
        this.#health.report('DEVICE_TIMEOUT', `no answer within ${timeoutMs} ms; the link is given up`);
        return;
      case 'violation':
        this.#counters.badAnswers++;
        this.#health.report('DEVICE_PROTOCOL', `what it sent breaks the rules: ${reason}; the link is given up`);
        return;
      case 'closed':
        this.#health.report('DEVICE_UNREACHABLE', `the link to ${address} is lost (${reason})`);
        return;
      case 'turn':
      case 'radio':
        return;
      default:
        loss satisfies never;
    }
  }

  #failed(reason: string): void {
    const { address } = this.#options.config;
    this.#counters.connectFailures++;
    if (!this.#isClosed && this.#options.central.isReady && this.#isNeeded)
      this.#health.report('DEVICE_UNREACHABLE', `${address} is there and cannot be connected to (${reason})`);
    this.#work();
  }

  #missed(): void {
    const { config, central, clock } = this.#options;
    this.#away = clock.after(AWAY_MS, () => this.#missed());
    // One that is heard only waits for its turn.
    if (central.isReady && !this.#claim.wasHeard(AWAY_MS))
      this.#health.report('DEVICE_UNREACHABLE', `${config.address} cannot be heard`);
  }

  #notified(path: CharacteristicPath, value: Uint8Array): void {
    this.#counters.notifications++;
    this.#health.answered();
    this.#watches.notified(path, value);
  }

  #tell(observer: Subscriber): void {
    if (this.#link === undefined) observer.tell(STATUS.unavailable, this.#lastLoss);
    else observer.tell(STATUS.ok, DETAIL.none);
  }

  #endObservers(session: ModuleSession, isTold: boolean): number {
    const ended = [...this.#observers].filter((observer) => observer.session === session);
    for (const observer of ended) {
      this.#observers.delete(observer);
      if (isTold) observer.end();
    }
    return ended.length;
  }
}
