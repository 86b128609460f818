import type { Socket } from 'node:net';
import type { ErrorCode } from '../../../errors.ts';
import { describeCause, type FailureKind, failureKind } from '../../../mqtt/failure.ts';
import type { OpenStream } from '../../../mqtt/open-stream.ts';
import { type BackOff, backOffDelays } from '../../back-off.ts';
import type { Clock, Timer } from '../../clock.ts';
import { DeviceHealth } from '../../device-health.ts';
import type { LeafEvents } from '../../leaf-message.ts';
import type { ModuleSession } from '../../module-session.ts';
import type { MqttBrokerConfig } from '../config.ts';
import type { Intake } from '../intake.ts';
import type { MqttDevice } from '../mqtt-device.ts';
import { ENDING, type PublishJob } from '../publish-job.ts';
import { Arrivals } from './arrivals.ts';
import { Deliveries, nothingAcknowledged } from './deliveries.ts';
import { type BrokerGreeting, BrokerSession, type SessionEnd } from './session.ts';

const ATTEMPTS: BackOff = { firstMs: 0, startMs: 500, maxMs: 60_000 };
/** A connection that held so long makes the next loss count as the first. */
const WELL_AFTER_MS = 10_000;
const CONNECT_MS = 15_000;
const CLOSE_MS = 2_000;
/** Part of the keep-alive after which a sign of life is sent. */
const PING_SHARE = 0.75;

/** Codes of SUBACK from here on are refusals. */
const REFUSED_FROM = 128;

const CODES: Readonly<Record<FailureKind, ErrorCode>> = {
  unreachable: 'DEVICE_UNREACHABLE',
  tls: 'DEVICE_REFUSED',
  refused: 'DEVICE_REFUSED',
};

export interface BrokerBridgeOptions {
  readonly name: string;
  readonly config: MqttBrokerConfig;
  readonly deviceId: string;
  readonly events: LeafEvents;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly random: () => number;
  readonly readSecret: (name: string) => Promise<string>;
  readonly openStream: OpenStream;
}

/** The gateway as a client of one broker: one connection at a time, opened again for ever. */
export class BrokerBridge implements MqttDevice {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly #options: BrokerBridgeOptions;
  readonly #health: DeviceHealth;
  readonly #deliveries: Deliveries;
  readonly #arrivals: Arrivals;
  readonly #counters = { connects: 0, published: 0, timeouts: 0 };
  #delays: Iterator<number, never>;
  #attempt: Timer | undefined;
  #abort: AbortController | undefined;
  /** Until the broker has accepted us. */
  #deadline: Timer | undefined;
  #session: BrokerSession | undefined;
  #acceptedAt: number | undefined;
  #ping: Timer | undefined;
  #isPingAnswered = true;
  #refusedTopics: readonly string[] = [];
  #closing: Promise<void> | undefined;

  constructor(options: BrokerBridgeOptions) {
    const { name, config, clock, events, random } = options;
    this.name = name;
    this.nameBytes = new TextEncoder().encode(name);
    this.#options = options;
    this.#health = new DeviceHealth(name, clock, events.log);
    this.#delays = backOffDelays(ATTEMPTS, random);
    this.#arrivals = new Arrivals(options);
    this.#deliveries = new Deliveries({
      ...{ clock, timeoutMs: config.timeoutMs },
      onTimeout: () => {
        this.#counters.timeouts++;
        this.#health.report('DEVICE_TIMEOUT', `no acknowledgement within ${config.timeoutMs} ms`);
      },
    });
  }

  open(): void {
    this.#attempt = this.#options.clock.after(this.#delays.next().value, () => void this.#connect());
  }

  publish(job: PublishJob): void {
    this.#counters.published++;
    if (this.#closing !== undefined) job.ended(ENDING.closing);
    else this.#deliveries.add(job);
  }

  forget(session: ModuleSession): void {
    this.#deliveries.forget(session);
  }

  status(): Record<string, unknown> {
    const { url, version } = this.#options.config;
    const { last } = this.#health;
    const isConnected = this.#acceptedAt !== undefined;
    return {
      ...{ state: this.#closing !== undefined ? 'closed' : isConnected ? 'connected' : 'waiting', url, version },
      ...{ queued: this.#deliveries.waiting, inFlight: this.#deliveries.inFlight },
      ...this.#counters,
      ...this.#arrivals.status(),
      ...(this.#refusedTopics.length === 0 ? {} : { refusedTopics: this.#refusedTopics }),
      ...(last === undefined ? {} : { lastError: last }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#attempt?.cancel();
    this.#giveUp(new Error('the host closes'));
    this.#arrivals.close();
    let late: Timer | undefined;
    const deadline = new Promise<void>((resolve) => {
      late = this.#options.clock.after(CLOSE_MS, resolve);
    });
    await Promise.race([this.#deliveries.drain(), deadline]);
    late?.cancel();
    const session = this.#session;
    this.#forgetSession();
    session?.end();
  }

  async #connect(): Promise<void> {
    const { config, clock, openStream, readSecret } = this.#options;
    const abort = new AbortController();
    this.#abort = abort;
    this.#deadline = clock.after(CONNECT_MS, () => this.#giveUp(new Error(`no answer within ${CONNECT_MS} ms`)));
    let password: string | undefined;
    try {
      if (config.password !== undefined) password = await readSecret(config.password.secret);
    } catch (error) {
      this.#fail('SECRET_UNAVAILABLE', (error as Error).message);
      return;
    }
    const opened = await openStream(config, abort.signal);
    if (opened.kind === 'failed')
      this.#fail(CODES[failureKind(opened.cause, opened.stage)], describeCause(opened.cause));
    else if (this.#closing !== undefined) opened.socket.destroy();
    else this.#start(opened.socket, password);
  }

  /** Ends an attempt; a connection that is accepted goes on. */
  #giveUp(reason: Error): void {
    this.#deadline?.cancel();
    if (this.#acceptedAt !== undefined) return;
    this.#abort?.abort(reason);
    this.#session?.destroy(reason);
  }

  #start(socket: Socket, password: string | undefined): void {
    const { name, deviceId, config } = this.#options;
    const { username, clientId = `gatehouse-${deviceId}-${name}`, version, ...rest } = config;
    const request = { ...rest, clientId, username, password, version: version === '5' ? 5 : 4 } as const;
    const session: BrokerSession = new BrokerSession(socket, request, {
      accepted: (greeting) => this.#accepted(session, greeting),
      published: (packet) => this.#arrivals.take(packet),
      acknowledged: (id, reasonCode) => {
        this.#health.answered();
        this.#deliveries.acknowledged(id, reasonCode);
      },
      subscribed: (granted) => this.#noteTopics(granted),
      answeredPing: () => {
        this.#isPingAnswered = true;
      },
      closed: (end) => this.#lost(end),
    });
    this.#session = session;
  }

  #accepted(session: BrokerSession, greeting: BrokerGreeting): void {
    const { clock, config } = this.#options;
    this.#deadline?.cancel();
    this.#acceptedAt = clock.now();
    this.#counters.connects++;
    this.#health.answered();
    this.#arrivals.attach(session);
    // What comes back is ours only: MQTT 5 can leave out what we have sent ourselves.
    const subscriptions = config.topics.map(({ filter, qos }) => ({ topic: filter, qos: qos as 0 | 1, nl: true }));
    if (subscriptions.length > 0) session.subscribe(this.#deliveries.nextId(), subscriptions);
    this.#isPingAnswered = true;
    this.#keepAlive(session, (greeting.keepAliveSeconds || config.keepAliveSeconds) * 1_000 * PING_SHARE);
    this.#deliveries.attach(session, greeting);
  }

  #keepAlive(session: BrokerSession, everyMs: number): void {
    this.#ping = this.#options.clock.after(everyMs, () => {
      // While nothing is read, no answer can be seen.
      if (!session.isPaused && (!this.#isPingAnswered || this.#deliveries.isStuck)) {
        session.destroy(this.#isPingAnswered ? nothingAcknowledged() : new Error('the broker gives no sign of life'));
        return;
      }
      this.#isPingAnswered = false;
      session.ping();
      this.#keepAlive(session, everyMs);
    });
  }

  /** Tells which topic filters the broker refuses, when that changes. */
  #noteTopics(granted: readonly number[]): void {
    const { name, config, events } = this.#options;
    const refused = config.topics.map(({ filter }) => filter).filter((_, at) => (granted[at] ?? 0) >= REFUSED_FROM);
    const isNews = refused.join('\n') !== this.#refusedTopics.join('\n');
    this.#refusedTopics = refused;
    if (!isNews || refused.length === 0) return;
    events.log('warning', `device "${name}": the broker refuses the topics ${refused.join(', ')}`, 'DEVICE_REFUSED');
  }

  #lost({ stage, isProtocol, cause }: SessionEnd): void {
    const { clock, random } = this.#options;
    const heldMs = this.#acceptedAt === undefined ? 0 : clock.now() - this.#acceptedAt;
    if (heldMs >= WELL_AFTER_MS) {
      this.#delays = backOffDelays(ATTEMPTS, random);
      this.#delays.next();
    }
    this.#forgetSession();
    const closed = stage === 'connected' ? 'DEVICE_CLOSED' : CODES[failureKind(cause, stage)];
    this.#fail(isProtocol ? 'DEVICE_PROTOCOL' : closed, describeCause(cause));
  }

  #forgetSession(): void {
    this.#ping?.cancel();
    this.#session = undefined;
    this.#acceptedAt = undefined;
    this.#arrivals.close();
    this.#deliveries.detach();
  }

  #fail(code: ErrorCode, why: string): void {
    this.#deadline?.cancel();
    if (this.#closing !== undefined) return;
    this.#health.report(code, `${this.#options.config.url}: ${why}`);
    this.open();
  }
}
