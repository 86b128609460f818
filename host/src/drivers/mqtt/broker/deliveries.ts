import type { Clock, Timer } from '../../clock.ts';
import { JobQueue } from '../../job-queue.ts';
import type { ModuleSession } from '../../module-session.ts';
import { MQTT_LIMITS } from '../limits.ts';
import { ENDING, type PublishEnding, type PublishJob, refusedWith } from '../publish-job.ts';
import type { BrokerGreeting, BrokerSession } from './session.ts';

/** Reason codes from here on are refusals. */
const REFUSED_FROM = 128;
const ID_MAX = 65_535;

interface Flight {
  /** Undefined once its deadline has passed: an answer that comes then is for nobody, and must not be taken for that of another. */
  job: PublishJob | undefined;
  readonly deadline: Timer;
}

export const nothingAcknowledged = (): Error => new Error('nothing is acknowledged');

export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Something was not acknowledged in time. */
  readonly onTimeout: () => void;
}

/** Messages of modules to one broker: those that wait, and those that are sent and not acknowledged yet. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #queue: JobQueue<PublishJob, PublishEnding>;
  readonly #flights = new Map<number, Flight>();
  #session: BrokerSession | undefined;
  #greeting: BrokerGreeting | undefined;
  #lastId = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    const { clock } = options;
    const { full, expired } = ENDING;
    this.#queue = new JobQueue<PublishJob, PublishEnding>({ clock, max: MQTT_LIMITS.waitingPublishes, full, expired });
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  add(job: PublishJob): void {
    this.#queue.add(job);
    this.#pump();
  }

  forget(session: ModuleSession): void {
    this.#queue.remove(ENDING.moduleGone, (job) => job.session === session);
  }

  /** Packet ids are one set for all that we send [MQTT-2.3.1-2]. */
  nextId(): number {
    do this.#lastId = (this.#lastId % ID_MAX) + 1;
    while (this.#flights.has(this.#lastId));
    return this.#lastId;
  }

  /** Begins to send over a session. */
  attach(session: BrokerSession, greeting: BrokerGreeting): void {
    this.#session = session;
    this.#greeting = greeting;
    this.#pump();
  }

  /** The session is gone: what was under way may or may not have arrived. */
  detach(): void {
    this.#session = undefined;
    for (const id of [...this.#flights.keys()]) this.#land(id, ENDING.unknown);
  }

  acknowledged(id: number, reasonCode: number): void {
    this.#land(id, reasonCode >= REFUSED_FROM ? refusedWith(reasonCode) : ENDING.confirmed);
    this.#pump();
  }

  /** Ends what waits, and resolves when nothing is under way any more. */
  drain(): Promise<void> {
    this.#queue.remove(ENDING.closing);
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#isIdle) resolve();
    });
  }

  /** Whether nobody waits for an answer to what is sent. */
  get #isIdle(): boolean {
    return [...this.#flights.values()].every(({ job }) => job === undefined);
  }

  /** Whether nothing can be sent, and nobody waits for what could change that: the broker acknowledges nothing, or does not read. */
  get isStuck(): boolean {
    return this.#isIdle && !this.#hasRoom;
  }

  get #hasRoom(): boolean {
    const window = Math.min(MQTT_LIMITS.inFlight, this.#greeting?.receiveMaximum ?? 0);
    return this.#flights.size < window && this.#session?.hasRoom === true;
  }

  #pump(): void {
    while (this.#session !== undefined && this.#hasRoom) {
      const job = this.#queue.next();
      if (job === undefined) return;
      this.#send(this.#session, job);
    }
  }

  #send(session: BrokerSession, job: PublishJob): void {
    const { clock, timeoutMs } = this.#options;
    const { topic, qos, retain } = job;
    const messageId = this.nextId();
    this.#flights.set(messageId, { job, deadline: clock.after(timeoutMs, () => this.#expire(messageId)) });
    const payload = Buffer.from(job.payload.buffer, job.payload.byteOffset, job.payload.byteLength);
    const bytes = session.publish(
      { cmd: 'publish', topic, payload, qos, retain, dup: false, messageId },
      this.#greeting?.packetBytesMax ?? 0,
      () => {
        if (qos === 0) this.acknowledged(messageId, 0);
        else this.#pump();
      },
    );
    if (bytes === 0) this.#land(messageId, ENDING.tooLarge);
  }

  #expire(id: number): void {
    const flight = this.#flights.get(id);
    flight?.job?.ended(ENDING.unknown);
    if (flight !== undefined) flight.job = undefined;
    this.#options.onTimeout();
    // While nothing is read, no acknowledgement can be seen.
    if (this.isStuck && this.#session?.isPaused === false) this.#session.destroy(nothingAcknowledged());
    if (this.#isIdle) this.#onIdle?.();
  }

  #land(id: number, ending: PublishEnding): void {
    const flight = this.#flights.get(id);
    if (flight === undefined) return;
    this.#flights.delete(id);
    flight.deadline.cancel();
    flight.job?.ended(ending);
    if (this.#isIdle) this.#onIdle?.();
  }
}
