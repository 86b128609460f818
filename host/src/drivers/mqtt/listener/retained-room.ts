import { MQTT_LIMITS } from '../limits.ts';

/** What a listener retains: so many topics, and so many bytes of topics and payloads, whoever has published them. */
export class RetainedRoom {
  readonly #bytesByTopic = new Map<string, number>();
  #bytes = 0;

  get messages(): number {
    return this.#bytesByTopic.size;
  }

  /** Makes room for a message that is to be retained, in place of the one of its topic; an empty one only takes that away. */
  take(topic: string, payloadBytes: number): boolean {
    const before = this.#bytesByTopic.get(topic) ?? 0;
    if (payloadBytes === 0) {
      this.#bytesByTopic.delete(topic);
      this.#bytes -= before;
      return true;
    }
    const bytes = Buffer.byteLength(topic) + payloadBytes;
    const isFull = before === 0 && this.#bytesByTopic.size >= MQTT_LIMITS.retainedMessages;
    if (isFull || this.#bytes - before + bytes > MQTT_LIMITS.retainedBytes) return false;
    this.#bytesByTopic.set(topic, bytes);
    this.#bytes += bytes - before;
    return true;
  }
}
