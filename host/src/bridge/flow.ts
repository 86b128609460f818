/**
 * How much of an input is in use whose producers, in several cells, wait for room: bytes in its queue and on the way there.
 * Every word has one writer, so that what a cell did that is gone can be taken back exactly.
 *
 * ```text
 *  input 0                                    input 1
 *  +----------+--------+--------+--------+----+----------+ ...
 *  | consumed | host   | cell 0 | cell 1 | .. | consumed |
 *  | i32      | sent   | sent   | sent   |    |          |
 *  +----------+--------+--------+--------+----+----------+
 * ```
 *
 * Counts of bytes since the start, modulo 2^32.
 */
export class Flow {
  readonly shared: SharedArrayBuffer;
  /** Producers: the host, then the cells. */
  readonly #producers: number;
  readonly #words: Int32Array;

  constructor(shared: SharedArrayBuffer, producers: number) {
    this.shared = shared;
    this.#producers = producers;
    this.#words = new Int32Array(shared);
  }

  static create(inputs: number, producers: number): Flow {
    return new Flow(new SharedArrayBuffer(4 * inputs * (producers + 1)), producers);
  }

  get producers(): number {
    return this.#producers;
  }

  /** Bytes in use of an input. */
  used(input: number): number {
    const at = input * (this.#producers + 1);
    let used = -Atomics.load(this.#words, at);
    for (let producer = 1; producer <= this.#producers; producer++) used += Atomics.load(this.#words, at + producer);
    return used | 0;
  }

  sent(input: number, producer: number): number {
    return Atomics.load(this.#words, this.#sentAt(input, producer));
  }

  setSent(input: number, producer: number, bytes: number): void {
    Atomics.store(this.#words, this.#sentAt(input, producer), bytes | 0);
  }

  /** The cell of the input, or the host in its place: so many bytes are in use no more. */
  consume(input: number, bytes: number): void {
    Atomics.add(this.#words, input * (this.#producers + 1), bytes);
  }

  /** The host, when the cell of the input is gone: nothing else writes the word then. */
  setConsumed(input: number, bytes: number): void {
    Atomics.store(this.#words, input * (this.#producers + 1), bytes | 0);
  }

  #sentAt(input: number, producer: number): number {
    return input * (this.#producers + 1) + 1 + producer;
  }
}

/** Producer number of the host; that of a cell is its index and 1. */
export const HOST_PRODUCER = 0;
