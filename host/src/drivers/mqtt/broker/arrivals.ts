import type { IPublishPacket } from 'mqtt-packet';
import type { BrokerTopic } from '../config.ts';
import type { Intake, Lane } from '../intake.ts';
import { MQTT_LIMITS } from '../limits.ts';
import { toLeafMessage } from '../to-leaf-message.ts';
import { isArrivedTopic, takesArrived } from '../topic.ts';
import type { BrokerSession } from './session.ts';

export interface ArrivalsOptions {
  /** The leaf device that the messages come from. */
  readonly name: string;
  readonly config: { readonly topics: readonly BrokerTopic[] };
  readonly intake: Intake;
}

/**
 * Messages of one broker on their way into the routes. Each is acknowledged when it is in all inputs that it goes to; while
 * one of them lets its senders wait, so many wait here, and then nothing more is read from the broker.
 */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #filters: readonly Uint8Array[];
  readonly #counters = { received: 0, unwanted: 0, refused: 0, forgotten: 0 };
  #session: BrokerSession | undefined;
  #lane: Lane | undefined;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
    this.#filters = options.config.topics.map(({ filter }) => Buffer.from(filter));
  }

  attach(session: BrokerSession): void {
    this.#session = session;
    this.#lane = this.#options.intake.openLane();
  }

  take(packet: IPublishPacket): void {
    const session = this.#session;
    const lane = this.#lane;
    if (session === undefined || lane === undefined) return;
    this.#counters.received++;
    const taken = (): void => {
      if (packet.qos === 1) session.acknowledge(packet.messageId ?? 0);
      if (!isFull(lane)) session.resume();
    };
    const topic = Buffer.from(packet.topic);
    // A session that the broker kept may have filters that we no longer ask for.
    const isWanted = this.#filters.some((filter) => takesArrived(filter, topic));
    const message = isArrivedTopic(packet.topic) ? toLeafMessage(this.#options.name, packet) : undefined;
    if (!isWanted || message === undefined) {
      this.#counters[isWanted ? 'refused' : 'unwanted']++;
      taken();
      return;
    }
    lane.offer(message, taken);
    if (isFull(lane)) session.pause();
  }

  /** The session is gone. What was not acknowledged is the broker's to send again. */
  close(): void {
    if (this.#lane === undefined) return;
    this.#counters.forgotten += this.#lane.waiting;
    this.#options.intake.close(this.#lane);
    this.#lane = undefined;
    this.#session = undefined;
  }

  status(): Record<string, unknown> {
    return { ...this.#counters, held: this.#lane?.waiting ?? 0 };
  }
}

const isFull = ({ waiting, waitingBytes }: Lane): boolean =>
  waiting >= MQTT_LIMITS.heldMessages || waitingBytes >= MQTT_LIMITS.heldBytes;
