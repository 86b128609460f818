import { STATUS, type Status } from '../../abi/constants.ts';
import type { Clock, Timer } from '../clock.ts';
import type { WriteOutcome } from '../driver.ts';
import type { Table } from '../modbus/register-range.ts';
import { type ClientWrite, encodeClientWrite } from './client-write.ts';
import { MODBUS_SERVER_LIMITS } from './limits.ts';

const EMPTY = new Uint8Array(0);

/** A module that waits for the next write. */
export interface Taker {
  answer(status: Status, payload: Uint8Array): void;
}

export interface WriteQueueOptions {
  readonly clock: Clock;
  /** How long a write waits. */
  readonly expiryMs: number;
  /** Told once of each write what became of it. */
  readonly ended: (write: ClientWrite, outcome: WriteOutcome) => void;
}

/**
 * Writes of clients on their way to one module, in their order. Each is handed over once, when the module asks for one: an answer
 * is never replaced by a newer one, as a reading of a subscription is.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #writes: ClientWrite[] = [];
  readonly #takers = new Map<Taker, Timer>();
  #expiry: Timer | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#writes.length;
  }

  /** Whether a client may add a write: it has at most as many here as there is room left, so that none takes the room of all others. */
  hasRoomFor(client: string): boolean {
    const address = addressOf(client);
    const own = this.#writes.filter((write) => addressOf(write.client) === address).length;
    return own < MODBUS_SERVER_LIMITS.waitingWrites - this.#writes.length;
  }

  /** What the newest write that waits makes of a register or coil; undefined if none does. */
  newestValue(table: Table, address: number): number | undefined {
    const write = this.#writes.findLast(
      (each) => each.table === table && address >= each.address && address < each.address + each.values.length,
    );
    return write?.values[address - write.address];
  }

  /** Only while there is room for its client. */
  add(write: ClientWrite): void {
    this.#writes.push(write);
    this.#match();
  }

  /** Hands the oldest write to the module, now or when there is one; after `waitMs` it hears that there was none. */
  take(taker: Taker, waitMs: number): void {
    if (this.#takers.size >= MODBUS_SERVER_LIMITS.waitingTakes) {
      taker.answer(STATUS.full, EMPTY);
      return;
    }
    const timer = this.#options.clock.after(waitMs, () => {
      this.#takers.delete(taker);
      taker.answer(STATUS.timeout, EMPTY);
    });
    this.#takers.set(taker, timer);
    this.#match();
  }

  /** The module is gone: what waits is dropped, and who waits is not answered. */
  clear(): void {
    for (const timer of this.#takers.values()) timer.cancel();
    this.#takers.clear();
    for (const write of this.#writes.splice(0)) this.#options.ended(write, 'dropped');
    this.#setExpiry();
  }

  /** Ends all, because the host closes. */
  close(): void {
    const takers = [...this.#takers.keys()];
    this.clear();
    for (const taker of takers) taker.answer(STATUS.cancelled, EMPTY);
  }

  #match(): void {
    while (this.#writes.length > 0 && this.#takers.size > 0) {
      const write = this.#writes.shift()!;
      const [taker, timer] = this.#takers.entries().next().value!;
      timer.cancel();
      this.#takers.delete(taker);
      this.#options.ended(write, 'confirmed');
      taker.answer(STATUS.ok, encodeClientWrite(write));
    }
    this.#setExpiry();
  }

  #setExpiry(): void {
    const { clock, expiryMs } = this.#options;
    this.#expiry?.cancel();
    const first = this.#writes[0];
    this.#expiry = first && clock.after(first.at + expiryMs - clock.now(), () => this.#expire());
  }

  #expire(): void {
    const { clock, expiryMs, ended } = this.#options;
    for (
      let first = this.#writes[0];
      first !== undefined && clock.now() >= first.at + expiryMs;
      first = this.#writes[0]
    ) {
      this.#writes.shift();
      ended(first, 'expired');
    }
    this.#setExpiry();
  }
}

/** Several connections of one address share what it may have. */
const addressOf = (client: string): string => client.slice(0, client.lastIndexOf(':'));
