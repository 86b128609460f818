import type { GatehouseError } from '../errors.ts';
import { Connection, type ConnectionListener, type ConnectionOptions } from './connection.ts';
import { suffixWithTime } from './creation-time.ts';
import type { UplinkEnvironment } from './environment.ts';
import type { Sender } from './sender.ts';
import type { Greeting } from './session.ts';
import type { LinkState } from './uplink-events.ts';
import { MESSAGE_BYTES_MAX, TOPIC_BYTES_MAX } from './upstream-message.ts';
import type { Departure, UpstreamQueue } from './upstream-queue.ts';

/** Most messages, and bytes of their bodies, that one connection has in flight. */
export const WINDOW = { messages: 64, bytes: 262_144 } as const;

/** Bytes of a PUBLISH packet besides topic and body: header, lengths, packet id, no properties. */
const PACKET_OVERHEAD_BYTES = 10;

export interface ChannelListener {
  /** The hub accepted the connection; called before any message is sent over it. */
  greeted(channel: Channel, greeting: Greeting): void;
  accepted(): void;
  /** The hub does not want a message, and it is given up. */
  refused(sender: Sender, reason: string): void;
  stateChanged(channel: Channel, state: LinkState, error?: GatehouseError): void;
}

export interface ChannelOptions extends Omit<ConnectionOptions, 'listener'> {
  readonly queue: UpstreamQueue;
  readonly listener: ChannelListener;
}

/** One connection and the identities that send over it, each in its order and one message of each in turn. */
export class Channel implements ConnectionListener {
  readonly connection: Connection;
  readonly #options: ChannelOptions;
  readonly #senders: Sender[] = [];
  #turn = 0;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.connection = new Connection({ ...options, listener: this });
  }

  attach(sender: Sender): void {
    sender.channel = this;
    this.#senders.push(sender);
  }

  detach(sender: Sender): void {
    sender.channel = undefined;
    this.#senders.splice(this.#senders.indexOf(sender), 1);
    this.#options.queue.rewind(sender.outbox);
  }

  /** Sends what waits, as far as the window allows. */
  pump(): void {
    const { greeting } = this.connection;
    if (greeting === undefined) return;
    const windowMessages = Math.min(WINDOW.messages, greeting.receiveMaximum);
    let idle = 0;
    while (idle < this.#senders.length && this.connection.inFlight < windowMessages) {
      this.#turn = (this.#turn + 1) % this.#senders.length;
      idle = this.#sendOne(this.#senders[this.#turn]!, greeting) ? 0 : idle + 1;
    }
  }

  opened(_connection: Connection, greeting: Greeting): void {
    this.#options.listener.greeted(this, greeting);
    this.pump();
  }

  lost(): void {
    for (const sender of this.#senders) this.#options.queue.rewind(sender.outbox);
  }

  stateChanged(_connection: Connection, state: LinkState, error?: GatehouseError): void {
    this.#options.listener.stateChanged(this, state, error);
  }

  #sendOne(sender: Sender, greeting: Greeting): boolean {
    const { queue, listener, environment } = this.#options;
    const roomBytes = WINDOW.bytes - this.connection.inFlightBytes;
    const departure = queue.take(sender.outbox, environment.monotonic(), roomBytes);
    if (departure === undefined) return false;
    const { sequence, body } = departure;
    const topic = topicOf(sender, departure, environment);
    if (topic.length + body.byteLength + PACKET_OVERHEAD_BYTES > greeting.packetBytesMax) {
      queue.settle(sender.outbox, sequence);
      listener.refused(sender, `the hub takes packets of ${greeting.packetBytesMax} bytes at most`);
      return true;
    }
    this.connection.publish(topic, body, (acknowledgement) => {
      // Sent again with the connection after this one.
      if (acknowledgement.kind === 'busy') return;
      const isOurs = queue.settle(sender.outbox, sequence);
      if (acknowledgement.kind === 'refused') listener.refused(sender, acknowledgement.reason);
      else if (isOurs) listener.accepted();
      this.pump();
    });
    return true;
  }
}

/** A message that has no room for the mark of its time goes without. */
function topicOf(sender: Sender, { topicSuffix, made, body }: Departure, environment: UplinkEnvironment): string {
  const topic = sender.topicPrefix + topicSuffix;
  if (made === undefined) return topic;
  const corrected = sender.topicPrefix + suffixWithTime(topicSuffix, made, environment);
  const hasRoom = corrected.length <= TOPIC_BYTES_MAX && corrected.length + body.byteLength <= MESSAGE_BYTES_MAX;
  return hasRoom ? corrected : topic;
}
