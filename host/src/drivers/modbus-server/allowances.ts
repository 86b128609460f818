import type { Clock } from '../clock.ts';

/** Addresses that are remembered; of more, the one that left first is forgotten. */
const ADDRESSES_MAX = 256;

interface Left {
  readonly allowance: number;
  readonly at: number;
}

/** What addresses had left of their allowance when a connection of theirs ended, so that a new connection is not a new allowance. */
export class Allowances {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #left = new Map<string, Left>();

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** Requests that a new connection of an address may make at once. */
  of(address: string): number {
    const left = this.#left.get(address);
    if (left === undefined) return this.#perSecond;
    const earned = ((this.#clock.now() - left.at) * this.#perSecond) / 1_000;
    if (left.allowance + earned < this.#perSecond) return left.allowance + earned;
    this.#left.delete(address);
    return this.#perSecond;
  }

  /** A connection of an address ended with so much left. */
  note(address: string, allowance: number): void {
    const least = Math.min(allowance, this.of(address));
    this.#left.delete(address);
    if (least >= this.#perSecond) return;
    this.#left.set(address, { allowance: least, at: this.#clock.now() });
    const [oldest] = this.#left.keys();
    if (this.#left.size > ADDRESSES_MAX && oldest !== undefined) this.#left.delete(oldest);
  }
}
