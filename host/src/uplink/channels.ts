import type { UplinkConfig } from '../configuration/gateway.ts';
import { Channel, type ChannelListener } from './channel.ts';
import type { UplinkEnvironment } from './environment.ts';
import { type Identity, identityName } from './identity.ts';
import type { OpenSession } from './open-session.ts';
import { ProtocolChoice } from './protocol-choice.ts';
import type { Sender } from './sender.ts';
import type { Greeting } from './session.ts';
import type { ConnectionStatus } from './uplink-status.ts';
import type { UpstreamQueue } from './upstream-queue.ts';

export interface ChannelsOptions {
  readonly config: UplinkConfig;
  readonly device: Identity;
  readonly environment: UplinkEnvironment;
  readonly openSession: OpenSession;
  readonly queue: UpstreamQueue;
  readonly listener: Omit<ChannelListener, 'greeted'>;
}

/**
 * Which identity sends over which connection. Where the configuration leaves it open, the connection of the device is
 * opened first, and only what the hub says when it accepts that one decides for the modules; until then they wait.
 */
export class Channels {
  readonly #options: ChannelsOptions;
  readonly #protocol: ProtocolChoice;
  readonly #channels = new Map<string, Channel>();
  readonly #waiting = new Set<Sender>();
  /** Senders of modules that use the connection of the device. */
  readonly #guests = new Set<Sender>();
  /** Undefined until the hub has told. */
  #isShared: boolean | undefined;

  constructor(options: ChannelsOptions) {
    const { connections } = options.config;
    this.#options = options;
    this.#protocol = new ProtocolChoice(connections === 'auto');
    this.#isShared = connections === 'auto' ? undefined : connections === 'shared';
  }

  /** True while there is somebody to send to, or it is not known yet. */
  get isHopeful(): boolean {
    return this.status().some(({ state }) => state === 'connected' || state === 'connecting');
  }

  /** Gives a sender its channel, as soon as it is known which one that is. */
  assign(sender: Sender): void {
    if (sender.channel !== undefined) return;
    if (sender.identity.moduleId === undefined) {
      this.#channel(sender.identity).attach(sender);
    } else if (this.#isShared === undefined) {
      this.#waiting.add(sender);
    } else if (this.#isShared) {
      this.#guests.add(sender);
      this.#channel(this.#options.device).attach(sender);
    } else {
      this.#channel(sender.identity).attach(sender);
    }
  }

  status(): ConnectionStatus[] {
    return [...this.#channels.values()].map(({ connection }) => connection.status());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#channels.values()].map(({ connection }) => connection.close()));
  }

  #channel(identity: Identity): Channel {
    const name = identityName(identity);
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      const { listener, ...options } = this.#options;
      channel = new Channel({
        ...options,
        identity,
        protocol: this.#protocol,
        listener: { ...listener, greeted: (from, greeting) => this.#greeted(from, greeting) },
      });
      this.#channels.set(name, channel);
      channel.connection.start();
    }
    return channel;
  }

  /** A hub may say something else after a restart. A module that has a connection of its own by then keeps it. */
  #greeted(channel: Channel, greeting: Greeting): void {
    const { config, device } = this.#options;
    if (config.connections !== 'auto' || channel.connection.name !== identityName(device)) return;
    this.#isShared = greeting.isShared;
    if (!greeting.isShared) {
      for (const sender of this.#guests) {
        channel.detach(sender);
        this.#waiting.add(sender);
      }
      this.#guests.clear();
    }
    for (const sender of this.#waiting) this.assign(sender);
    this.#waiting.clear();
  }
}
