import type { UplinkConfig } from '../configuration/gateway.ts';
import { GatehouseError } from '../errors.ts';
import { type ConnectStage, isRefusal, reasonCodeOf } from '../mqtt/failure.ts';
import { backOffMs } from './back-off.ts';
import { connectFailure } from './connect-failure.ts';
import { type Credentials, makeCredentials } from './credentials.ts';
import type { UplinkEnvironment } from './environment.ts';
import { type Identity, identityName } from './identity.ts';
import type { OpenSession } from './open-session.ts';
import type { ProtocolChoice } from './protocol-choice.ts';
import type { Acknowledgement, Greeting, ProtocolVersion, Session } from './session.ts';
import type { LinkState } from './uplink-events.ts';
import type { ConnectionStatus } from './uplink-status.ts';

export interface ConnectionOptions {
  readonly identity: Identity;
  readonly config: UplinkConfig;
  readonly environment: UplinkEnvironment;
  readonly protocol: ProtocolChoice;
  readonly openSession: OpenSession;
  readonly listener: ConnectionListener;
}

export interface ConnectionListener {
  /** Messages may be sent from now on. */
  opened(connection: Connection, greeting: Greeting): void;
  /** What was in flight may or may not have arrived, and no acknowledgement of it will come any more. */
  lost(connection: Connection): void;
  stateChanged(connection: Connection, state: LinkState, error?: GatehouseError): void;
}

/**
 * The connection of one identity: one socket at a time, opened again for ever with growing delays, renewed before its
 * token ends. Nothing is thrown; what goes wrong is told once for each change.
 */
export class Connection {
  readonly identity: Identity;
  readonly name: string;
  readonly #options: ConnectionOptions;
  readonly #environment: UplinkEnvironment;
  #state: LinkState = 'connecting';
  #error: GatehouseError | undefined;
  #session: Session | undefined;
  #version: ProtocolVersion | undefined;
  #opened = 0;
  #failures = 0;
  #inFlight = 0;
  #inFlightBytes = 0;
  #isRenewing = false;
  /** Somebody has set the clock since the credentials were made. */
  #isOutdated = false;
  #isClosing = false;
  #done: Promise<void> | undefined;
  #cancelAcknowledge: (() => void) | undefined;
  #cancelEnd: (() => void) | undefined;
  /** Ends what the connection waits for at the moment, because it is closing. */
  #interrupt: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.identity = options.identity;
    this.name = identityName(options.identity);
    this.#options = options;
    this.#environment = options.environment;
  }

  status(): ConnectionStatus {
    return {
      identity: this.name,
      state: this.#state,
      ...(this.#error && { code: this.#error.code, reason: this.#error.message }),
      ...(this.#version && { mqttVersion: this.#version === 5 ? '5.0' : '3.1.1' }),
      opened: this.#opened,
      inFlight: this.#inFlight,
    };
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** What the hub said, while messages may be sent. */
  get greeting(): Greeting | undefined {
    return this.#isRenewing || this.#isClosing ? undefined : this.#session?.greeting;
  }

  start(): void {
    this.#done ??= this.#run();
  }

  /** Sends one message; only while there is a `greeting`. `done` is not called when the connection is lost before. */
  publish(topic: string, body: Buffer, done: (acknowledgement: Acknowledgement) => void): void {
    const session = this.#session!;
    this.#inFlight++;
    this.#inFlightBytes += body.byteLength;
    if (this.#inFlight === 1) this.#expectAcknowledgement(session);
    session.publish(topic, body, (acknowledgement) => {
      if (session !== this.#session) return;
      this.#inFlight--;
      this.#inFlightBytes -= body.byteLength;
      this.#expectAcknowledgement(session);
      if (acknowledgement.kind === 'busy') session.destroy(new Error(acknowledgement.reason));
      done(acknowledgement);
      if (this.#isRenewing && this.#inFlight === 0) this.#end(session);
    });
  }

  /** Ends the connection in order, and the attempts. Idempotent. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#interrupt?.();
    await this.#done;
    this.#change('closed');
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      const credentials = makeCredentials(this.#options.config, this.identity, this.#environment);
      if (credentials === undefined) {
        this.#lackTime();
        await this.#wait(this.#environment.timing.timeKnownMs);
        continue;
      }
      const { version } = this.#options.protocol;
      const unwatch = this.#watchClock(credentials);
      const outcome = await this.#open(credentials, version);
      if (outcome.kind === 'open') {
        const isRenewal = await this.#use(outcome.session, credentials, version).finally(unwatch);
        if (isRenewal) continue;
      } else {
        unwatch();
        if (this.#isClosing) return;
        const isReached = outcome.stage === 'mqtt' && !isRefusal(reasonCodeOf(outcome.cause));
        if (isReached && this.#options.protocol.failed(version)) continue;
        this.#fail(outcome.cause, outcome.stage);
      }
      if (this.#isClosing) return;
      await this.#wait(backOffMs(this.#environment.timing.backOff, this.#failures, this.#environment.random()));
    }
  }

  async #open(credentials: Credentials, version: ProtocolVersion): ReturnType<OpenSession> {
    const { config, openSession } = this.#options;
    const { connectMs } = this.#environment.timing;
    const attempt = new AbortController();
    this.#interrupt = () => attempt.abort(new Error('the uplink is closing'));
    const cancelDeadline = this.#environment.setTimer(connectMs, () =>
      attempt.abort(new Error(`no answer within ${connectMs} ms`)),
    );
    try {
      const { username, password } = credentials;
      return await openSession(
        {
          clientId: this.name,
          ...(username !== undefined && { username }),
          ...(password !== undefined && { password }),
          version,
          keepAliveSeconds: config.keepAliveSeconds,
        },
        attempt.signal,
      );
    } catch (cause) {
      return { kind: 'failed', stage: 'mqtt', cause };
    } finally {
      cancelDeadline();
      this.#interrupt = undefined;
    }
  }

  /** From acceptance to the end of the socket; true when it ended in order to be renewed. */
  async #use(session: Session, { renewInMs }: Credentials, version: ProtocolVersion): Promise<boolean> {
    const { listener, protocol } = this.#options;
    const openedAt = this.#environment.monotonic();
    this.#session = session;
    this.#version = version;
    this.#opened++;
    protocol.accepted(version);
    this.#interrupt = () => this.#end(session);
    const cancelRenewal =
      renewInMs === undefined ? undefined : this.#environment.setTimer(renewInMs, () => this.#renew(session));
    if (this.#isClosing) this.#end(session);
    this.#change('connected');
    // Before anything is sent: whether the other side is still who it was allowed to be is not known.
    if (this.#isOutdated) this.#renew(session);
    listener.opened(this, session.greeting);
    const cause = await session.closed;
    cancelRenewal?.();
    this.#cancelEnd?.();
    this.#cancelAcknowledge?.();
    this.#interrupt = undefined;
    this.#cancelEnd = undefined;
    this.#session = undefined;
    this.#inFlight = 0;
    this.#inFlightBytes = 0;
    const isRenewal = this.#isRenewing && cause === undefined;
    this.#isRenewing = false;
    listener.lost(this);
    if (isRenewal || this.#isClosing) return isRenewal;
    if (this.#environment.monotonic() - openedAt >= this.#environment.timing.backOff.wellAfterMs) this.#failures = 0;
    this.#fail(cause ?? new Error('the connection was closed'), 'connected');
    return false;
  }

  /** A token, and what a clock that is not set let pass, is judged again as soon as somebody sets the clock. */
  #watchClock({ renewInMs }: Credentials): () => void {
    this.#isOutdated = false;
    if (renewInMs === undefined && this.#environment.isTimeKnown()) return () => {};
    return this.#environment.onClockSet(() => {
      this.#isOutdated = true;
      if (this.#session !== undefined) this.#renew(this.#session);
    });
  }

  /**
   * No new messages; the end comes with the last acknowledgement, for which there is a deadline. While no new token can be made
   * the old connection is better than none; when the time is known again, this is called again.
   */
  #renew(session: Session): void {
    if (this.#isRenewing || !this.#environment.isTimeKnown()) return;
    this.#isRenewing = true;
    if (this.#inFlight === 0) this.#end(session);
  }

  #end(session: Session): void {
    const { disconnectMs } = this.#environment.timing;
    this.#cancelEnd ??= this.#environment.setTimer(disconnectMs, () => session.destroy());
    session.end();
  }

  /** Starts the deadline anew for what is still in flight. */
  #expectAcknowledgement(session: Session): void {
    const { acknowledgeMs } = this.#environment.timing;
    this.#cancelAcknowledge?.();
    this.#cancelAcknowledge =
      this.#inFlight === 0
        ? undefined
        : this.#environment.setTimer(acknowledgeMs, () =>
            session.destroy(new Error(`no acknowledgement within ${acknowledgeMs} ms`)),
          );
  }

  async #wait(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#environment.setTimer(delayMs, resolve);
      this.#interrupt = () => {
        cancel();
        resolve();
      };
    });
    this.#interrupt = undefined;
  }

  #lackTime(): void {
    if (this.#error?.code === 'TIME_UNKNOWN') return;
    const { url } = this.#options.config;
    const text = `${this.name} waits with connecting to ${url} until the clock is set`;
    this.#error = new GatehouseError('TIME_UNKNOWN', text, { details: { url, identity: this.name } });
    this.#change('disconnected', this.#error);
  }

  #fail(cause: unknown, stage: ConnectStage): void {
    this.#failures++;
    const error = connectFailure(cause, { url: this.#options.config.url, identity: this.name, stage });
    const isKnown = this.#state === 'disconnected' && this.#error?.code === error.code;
    this.#error = error;
    if (!isKnown) this.#change('disconnected', error);
  }

  #change(state: LinkState, error?: GatehouseError): void {
    if (this.#state === state && error === undefined) return;
    this.#state = state;
    if (error === undefined) this.#error = undefined;
    this.#options.listener.stateChanged(this, state, error);
  }
}
