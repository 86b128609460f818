import type { Random } from '../../../tools/simulators/pump/random.ts';
import { RawMqttClient } from '../../peers/raw-mqtt-client.ts';
import { deckOf, MISDEEDS, type MisdeedName, noiseOf } from './hostile-peer.ts';

/** Connections at the same time, fewer than one user may have; the oldest leaves for the next. */
const OPEN_MAX = 4;

export interface HostileClientsOptions {
  readonly random: Random;
  readonly misdeeds: readonly MisdeedName[];
  readonly rounds: number;
  /** What a good client sends. */
  readonly good: Buffer;
}

/** Clients of a listener: each logs in and does one misdeed, or sends something proper. */
export class HostileClients {
  readonly #good: Buffer;
  readonly #noise: (bytes: number) => Buffer;
  readonly #deck: MisdeedName[];
  readonly #open: RawMqttClient[] = [];

  constructor({ random, misdeeds, rounds, good }: HostileClientsOptions) {
    this.#good = good;
    this.#noise = noiseOf(random);
    this.#deck = deckOf(misdeeds, rounds, random);
  }

  /** Misdeeds and proper messages that are still to come. */
  get left(): number {
    return this.#deck.length;
  }

  async attack(port: number): Promise<void> {
    for (let next = this.#deck.at(-1); next !== undefined; next = this.#deck.at(-1)) {
      const client = await RawMqttClient.open(port, { username: undefined, password: undefined });
      if (next === 'answer') client.socket.write(this.#good);
      else MISDEEDS[next]({ socket: client.socket, good: this.#good, noise: this.#noise });
      this.#open.push(client);
      if (this.#open.length > OPEN_MAX) this.#open.shift()?.close();
      this.#deck.pop();
    }
  }

  async close(): Promise<void> {
    this.#deck.length = 0;
    for (const client of this.#open) client.close();
  }
}
