import type { Flow } from '../bridge/flow.ts';

/**
 * What the producers of one cell may still send to an input with producers in several cells, who wait for room. What is
 * reserved counts at once for everybody; it comes back when its event does not commit.
 */
export class SharedRoom {
  readonly capacity: number;
  readonly #flow: Flow;
  readonly #input: number;
  readonly #producer: number;
  #pending = 0;
  /** Whether the event at hand has reserved something. */
  isTouched = false;

  constructor(flow: Flow, input: number, producer: number, capacity: number) {
    this.#flow = flow;
    this.#input = input;
    this.#producer = producer;
    this.capacity = capacity;
  }

  get freeBytes(): number {
    return this.capacity - this.#flow.used(this.#input);
  }

  /** Takes so many bytes if they are free. Two cells that try at the same moment may both be refused, never both go too far. */
  reserve(bytes: number): boolean {
    this.#add(bytes);
    if (this.freeBytes >= 0) {
      this.#pending += bytes;
      return true;
    }
    this.#add(-bytes);
    return false;
  }

  /** Gives back what `reserve` took. */
  giveBack(bytes: number): void {
    this.#pending -= bytes;
    this.#add(-bytes);
  }

  /** Makes what was reserved final. */
  commit(): void {
    this.#pending = 0;
    this.isTouched = false;
  }

  rollback(): void {
    this.#add(-this.#pending);
    this.commit();
  }

  /** A message of so many bytes has left the queue. */
  consume(bytes: number): void {
    this.#flow.consume(this.#input, bytes);
  }

  #add(bytes: number): void {
    this.#flow.setSent(this.#input, this.#producer, this.#flow.sent(this.#input, this.#producer) + bytes);
  }
}
