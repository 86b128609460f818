import type { MqttListenerConfig } from '../config.ts';
import { MQTT_LIMITS } from '../limits.ts';
import type { LeafConnection } from './leaf-connection.ts';
import type { Leaf } from './leaves.ts';

/** Silence that a client is granted beyond its keep-alive [MQTT-3.1.2-24]. */
const SILENCE_FACTOR = 1.5;

type Limits = Pick<MqttListenerConfig, 'clients' | 'clientsPerUser' | 'connectMs' | 'silenceSeconds'>;

/** The connections of one listener: those that have not logged in, in the order in which they came, and the others. */
export class ClientTable {
  readonly #limits: Limits;
  readonly #unknown = new Set<LeafConnection>();
  readonly #known = new Set<LeafConnection>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get known(): number {
    return this.#known.size;
  }

  get unknown(): number {
    return this.#unknown.size;
  }

  /** Messages that wait for room. */
  get held(): number {
    let held = 0;
    for (const { lane } of this.#known) held += lane.waiting;
    return held;
  }

  /** Whether there is room for one more connection. */
  get hasRoom(): boolean {
    return this.#known.size < this.#limits.clients;
  }

  /**
   * Adds a connection. Of the address with most of those that have not logged in, the one that came first makes room: whoever can
   * log in does within moments, and no address can push out another one's.
   */
  add(connection: LeafConnection): void {
    this.#unknown.add(connection);
    if (this.#unknown.size > MQTT_LIMITS.unknownClients)
      this.#oldestOfMost()?.cut('too many connections have not logged in');
  }

  #oldestOfMost(): LeafConnection | undefined {
    const counts = new Map<string, number>();
    for (const { address } of this.#unknown) counts.set(address, (counts.get(address) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return [...this.#unknown].find(({ address }) => counts.get(address) === most);
  }

  /** Notes who a connection is; false when that one, or the listener, has too many of them. */
  welcome(connection: LeafConnection, leaf: Leaf): boolean {
    if (!this.hasRoom || leaf.connections >= this.#limits.clientsPerUser) return false;
    this.#unknown.delete(connection);
    this.#known.add(connection);
    connection.leaf = leaf;
    leaf.connections++;
    return true;
  }

  remove(connection: LeafConnection): void {
    this.#unknown.delete(connection);
    if (this.#known.delete(connection) && connection.leaf !== undefined) connection.leaf.connections--;
  }

  /** Cuts off who does not log in, reads nothing, or says nothing any more. Who is not read from cannot be heard. */
  cutSilent(now: number): void {
    const { connectMs, silenceSeconds } = this.#limits;
    for (const connection of this.#unknown)
      if (now - connection.openedAt >= connectMs) connection.cut('it did not log in in time');
    for (const connection of this.#known) {
      connection.cutStalled();
      if (connection.isHeld) connection.heardAt = now;
      const { keepAliveSeconds: asked } = connection;
      const seconds = asked > 0 && asked < silenceSeconds ? asked : silenceSeconds;
      if (now - connection.heardAt >= seconds * 1_000 * SILENCE_FACTOR) connection.cut('it gave no sign of life');
    }
  }

  closeAll(): void {
    for (const connection of [...this.#unknown, ...this.#known]) connection.destroy();
  }
}
