import type { EvilRequest } from '../../test/peers/evil-modbus-server.ts';

/** Requests that it took to read every register once. */
export interface Round {
  readonly requests: number;
  /** From the first to the last of them, as they arrived. */
  readonly ms: number;
}

/** Counts, where requests arrive, how many it takes until all registers were asked for; then it begins anew. */
export class Coverage {
  readonly rounds: Round[] = [];
  readonly #addresses: readonly number[];
  #left: Set<number>;
  #requests = 0;
  #firstAt = 0;

  constructor(addresses: readonly number[]) {
    this.#addresses = addresses;
    this.#left = new Set(addresses);
  }

  arrived({ address, operand: count }: EvilRequest): void {
    const now = performance.now();
    if (this.#requests === 0) this.#firstAt = now;
    this.#requests++;
    for (let at = address; at < address + count; at++) this.#left.delete(at);
    if (this.#left.size > 0) return;
    this.rounds.push({ requests: this.#requests, ms: now - this.#firstAt });
    this.#left = new Set(this.#addresses);
    this.#requests = 0;
  }
}
