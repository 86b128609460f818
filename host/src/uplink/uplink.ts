import type { UplinkConfig } from '../configuration/gateway.ts';
import { type ErrorCode, GatehouseError } from '../errors.ts';
import type { Channel } from './channel.ts';
import { Channels } from './channels.ts';
import { systemEnvironment, type UplinkEnvironment } from './environment.ts';
import { type Identity, identityName } from './identity.ts';
import { type OpenSession, sessionOpener } from './open-session.ts';
import { Sender } from './sender.ts';
import { telemetrySuffix } from './telemetry-topic.ts';
import type { LinkState, UplinkEvents } from './uplink-events.ts';
import type { UplinkStatus } from './uplink-status.ts';
import { MESSAGE_BYTES_MAX, messageBytes, TOPIC_BYTES_MAX, type UpstreamMessage } from './upstream-message.ts';
import { UpstreamQueue } from './upstream-queue.ts';

/** How often the loss of refused messages is reported for one identity. */
const REFUSAL_REPORT_MS = 60_000;
/** How long `close` waits for acknowledgements, unless told otherwise. */
const DRAIN_MS = 2_000;

/** What tests put in the place of clocks and sockets. */
export interface UplinkReplacements {
  readonly environment?: UplinkEnvironment;
  readonly openSession?: OpenSession;
}

/**
 * The way to the hub: takes messages of all identities, keeps them in bounded memory until the hub acknowledges them,
 * and holds the connections. It never throws because of the hub or the network; `UplinkEvents` tells what happens.
 */
export class Uplink {
  readonly #config: UplinkConfig;
  readonly #device: Identity;
  readonly #events: UplinkEvents;
  readonly #environment: UplinkEnvironment;
  readonly #queue: UpstreamQueue;
  readonly #senders = new Map<string, Sender>();
  readonly #channels: Channels;
  #isOverflowing = false;
  #sent = 0;
  #refused = 0;
  #unsent = 0;
  #isClosing = false;
  #closed: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  private constructor(config: UplinkConfig, deviceId: string, events: UplinkEvents, replacements: UplinkReplacements) {
    this.#config = config;
    this.#device = { deviceId };
    this.#events = events;
    this.#environment = replacements.environment ?? systemEnvironment;
    this.#queue = new UpstreamQueue(config.queueBytes);
    this.#channels = new Channels({
      config,
      device: this.#device,
      environment: this.#environment,
      openSession: replacements.openSession ?? sessionOpener(config, this.#environment),
      queue: this.#queue,
      listener: {
        accepted: () => this.#accepted(),
        refused: (sender, reason) => this.#refusedBy(sender, reason),
        stateChanged: (channel, state, error) => this.#stateChanged(channel, state, error),
      },
    });
  }

  /** Begins to connect, unless each identity has its own connection: those are opened on demand. */
  static open(
    config: UplinkConfig,
    deviceId: string,
    events: UplinkEvents,
    replacements: UplinkReplacements = {},
  ): Uplink {
    const uplink = new Uplink(config, deviceId, events, replacements);
    if (config.connections !== 'per-identity') uplink.connect(uplink.#device);
    return uplink;
  }

  /** Begins to connect for an identity that will send; without this, its first message does. */
  connect(identity: Identity): void {
    if (!this.#isClosing) this.#channels.assign(this.#sender(identity));
  }

  /** Queues a message; body and properties are copied. What cannot be queued is counted and reported, not thrown. */
  send(identity: Identity, message: UpstreamMessage): void {
    if (this.#isClosing) {
      this.#unsent++;
      return;
    }
    const sender = this.#sender(identity);
    const suffix = this.#topicSuffix(sender, message);
    if (suffix === undefined) return;
    const dropped = this.#queue.append(sender.outbox, suffix, message.body, message.expiresAtMs, message.made);
    if (dropped !== 0) this.#overflowed(identity);
    this.#channels.assign(sender);
    sender.channel?.pump();
  }

  status(): UplinkStatus {
    const connections = this.#channels.status();
    const { dropped, ...counters } = this.#queue.counters;
    return {
      connected: connections.length > 0 && connections.every(({ state }) => state === 'connected'),
      sent: this.#sent,
      ...counters,
      dropped: dropped + this.#unsent,
      refused: this.#refused,
      connections,
    };
  }

  /**
   * Takes no more messages, waits for acknowledgements as long as there is a hub to give them, then disconnects. What
   * is left is dropped and reported. Idempotent, and shared by concurrent callers.
   */
  close(drainMs = DRAIN_MS): Promise<void> {
    this.#closed ??= this.#close(drainMs);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accepted(): void {
    this.#sent++;
    if (this.#queue.isEmpty) this.#isOverflowing = false;
    this.#checkDrained();
  }

  #refusedBy(sender: Sender, reason: string): void {
    this.#giveUp(sender, 'UPLINK_REFUSED', `The hub refuses a message of ${sender.name}: ${reason}`);
    this.#checkDrained();
  }

  #stateChanged(channel: Channel, state: LinkState, error?: GatehouseError): void {
    this.#events.stateChanged(channel.connection.identity, state, error);
    this.#checkDrained();
  }

  #sender(identity: Identity): Sender {
    const name = identityName(identity);
    let sender = this.#senders.get(name);
    if (sender === undefined) {
      sender = new Sender(identity, this.#queue.createOutbox());
      this.#senders.set(name, sender);
    }
    return sender;
  }

  #topicSuffix(sender: Sender, message: UpstreamMessage): string | undefined {
    const bytes = messageBytes(message);
    if (bytes > MESSAGE_BYTES_MAX) {
      this.#giveUp(
        sender,
        'LIMIT_MESSAGE',
        `A message of ${sender.name} has ${bytes} bytes; the hub takes ${MESSAGE_BYTES_MAX}.`,
      );
      return undefined;
    }
    try {
      const suffix = telemetrySuffix(message.properties, message.output);
      const topicBytes = sender.topicPrefix.length + suffix.length;
      if (topicBytes <= TOPIC_BYTES_MAX) return suffix;
      const text = `The properties of a message of ${sender.name} make a topic of ${topicBytes} bytes; MQTT takes ${TOPIC_BYTES_MAX}.`;
      this.#giveUp(sender, 'LIMIT_MESSAGE', text);
    } catch {
      this.#giveUp(sender, 'GUEST_ARGUMENT', `A property of a message of ${sender.name} is not valid Unicode.`);
    }
    return undefined;
  }

  #giveUp(sender: Sender, code: ErrorCode, text: string): void {
    this.#refused++;
    const now = this.#environment.monotonic();
    if (now - sender.refusalReportedAt < REFUSAL_REPORT_MS) return;
    sender.refusalReportedAt = now;
    const details = { url: this.#config.url, identity: sender.name };
    this.#events.messagesLost(sender.identity, new GatehouseError(code, text, { details }));
  }

  #overflowed(identity: Identity): void {
    if (this.#isOverflowing) return;
    this.#isOverflowing = true;
    const { queueBytes, url } = this.#config;
    const text = `The queue for ${url} is full with ${queueBytes} bytes; its oldest messages are dropped.`;
    const details = { url, identity: identityName(identity), queueBytes };
    this.#events.messagesLost(identity, new GatehouseError('UPLINK_DROPPED', text, { details }));
  }

  async #close(drainMs: number): Promise<void> {
    this.#isClosing = true;
    await this.#drain(drainMs);
    await this.#channels.close();
    const { queued } = this.#queue.counters;
    if (queued === 0) return;
    this.#queue.clear();
    const text = `${queued} messages for ${this.#config.url} are not sent because the uplink is closing.`;
    const details = { url: this.#config.url, messages: queued };
    this.#events.messagesLost(this.#device, new GatehouseError('ABORTED', text, { details }));
  }

  async #drain(drainMs: number): Promise<void> {
    let cancel: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      cancel = this.#environment.setTimer(drainMs, resolve);
      this.#drained = resolve;
      this.#checkDrained();
    });
    cancel?.();
  }

  /** Drained also means that nobody is there who could take a message. */
  #checkDrained(): void {
    if (this.#queue.isEmpty || !this.#channels.isHopeful) this.#drained?.();
  }
}
