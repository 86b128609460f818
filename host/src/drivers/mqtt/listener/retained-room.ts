import { MQTT_LIMITS } from '../limits.ts';

/** What a listener retains: so many topics, and so many bytes of topics and payloads, whoever has published them. */
export class RetainedRoom {
  readonly #bytesByTopic = new Map<string, number>();
  #bytes = 0;

  get messages(): number {
    return this.#bytesByTopic.size;
  }

  /** Whether a message could be retained now, in place of the one of its topic; an empty one only takes that away. */
  hasRoom(topic: string, payloadBytes: number): boolean {
    if (payloadBytes === 0) return true;
    const before = this.#bytesByTopic.get(topic) ?? 0;
    const isFull = before === 0 && this.#bytesByTopic.size >= MQTT_LIMITS.retainedMessages;
    return !isFull && this.#bytes - before + bytesOf(topic, payloadBytes) <= MQTT_LIMITS.retainedBytes;
  }

  /** Notes a message that is retained from now on; false if there is no room for it. */
  take(topic: string, payloadBytes: number): boolean {
    if (!this.hasRoom(topic, payloadBytes)) return false;
    const bytes = payloadBytes === 0 ? 0 : bytesOf(topic, payloadBytes);
    this.#bytes += bytes - (this.#bytesByTopic.get(topic) ?? 0);
    if (bytes === 0) this.#bytesByTopic.delete(topic);
    else this.#bytesByTopic.set(topic, bytes);
    return true;
  }
}

const bytesOf = (topic: string, payloadBytes: number): number => Buffer.byteLength(topic) + payloadBytes;
