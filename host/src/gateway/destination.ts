import { type CrossingInput, entryBytes } from '../bridge/crossing-input.ts';
import { type Flow, HOST_PRODUCER } from '../bridge/flow.ts';
import { ByteQueue } from '../cell/byte-queue.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { HostedCell } from './hosted-cell.ts';
import type { MessageSource } from './message-sources.ts';

/** In front of each message that is kept: its route, and the number of its source. */
const KEPT_HEADER_BYTES = 8;
/** Of what an input has room for: headers, and a queue in which a record never wraps around the end. */
const KEPT_FACTOR = 3;

/** An input to which messages come from outside its cell. */
export class Destination {
  readonly cell: HostedCell;
  readonly module: GatewayModule;
  readonly input: CrossingInput;
  /** Whether modules of other cells or leaf devices send to it, and not only the host itself. */
  readonly isCrossed: boolean;
  flow: Flow | undefined;
  /** Messages that its cell has no room for at the moment; made when first needed. */
  #kept: ByteQueue | undefined;
  #keptBytes = 0;
  readonly #sources = new Map<number, MessageSource>();
  /** Bytes taken from each producer, as they count in `Flow`. */
  readonly #taken = new Map<number, number>();

  constructor(cell: HostedCell, module: GatewayModule, input: CrossingInput, isCrossed: boolean) {
    this.cell = cell;
    this.module = module;
    this.input = input;
    this.isCrossed = isCrossed;
  }

  /** Whether a message could find room if nothing else were there. */
  canHold(length: number): boolean {
    return this.input.policy !== 'wait' || entryBytes(length) <= this.input.bytes;
  }

  /**
   * Sets room aside for a message that does not come from a cell: the host takes part in what there is room for like any
   * producer. A cell that tries at the same moment may be refused with it; never do both go too far.
   */
  takesFromHost(length: number): boolean {
    const { flow, input } = this;
    if (flow === undefined || input.flow === undefined) return true;
    this.#addSent(entryBytes(length));
    if (flow.used(input.flow) <= input.bytes) return true;
    this.giveBack(length);
    return false;
  }

  /** Gives back what `takesFromHost` set aside. */
  giveBack(length: number): void {
    this.#addSent(-entryBytes(length));
  }

  noteTaken(producer: number, bytes: number): void {
    if (this.input.flow !== undefined) this.#taken.set(producer, ((this.#taken.get(producer) ?? 0) + bytes) | 0);
  }

  /**
   * Hands a message over, or keeps it until its cell has room for it. Behind one that is kept, all are. Returns how many
   * messages were dropped for lack of room.
   */
  send(route: number, source: MessageSource, message: Uint8Array): number {
    const { cell, module } = this;
    if (module.state === 'poisoned') return this.#drop(message);
    if (!this.hasKept && cell.deliver(module.slot, route, source, message)) return 0;
    const { bytes, policy } = this.input;
    this.#kept ??= new ByteQueue(policy === 'wait' ? KEPT_FACTOR * bytes : bytes, policy);
    const { dropped } = this.#kept;
    const at = this.#kept.reserve(KEPT_HEADER_BYTES + message.byteLength);
    if (at < 0) return this.#drop(message);
    this.#kept.words[at >> 2] = route;
    this.#kept.words[(at >> 2) + 1] = source.id;
    this.#kept.bytes.set(message, at + KEPT_HEADER_BYTES);
    this.#kept.commit();
    this.#sources.set(source.id, source);
    this.#keptBytes += entryBytes(message.byteLength);
    return this.#kept.dropped - dropped;
  }

  /** Hands over what was kept; false when there is still no room for all of it. */
  sendKept(): boolean {
    const queue = this.#kept;
    if (queue === undefined) return true;
    for (let at = queue.take(); at >= 0; at = queue.take()) {
      const words = queue.words.subarray(at >> 2);
      const start = at + KEPT_HEADER_BYTES;
      // The length of a message is in its second word.
      const message = queue.bytes.subarray(start, start + (words[3] as number));
      const source = this.#sources.get(words[1] as number) as MessageSource;
      if (!this.cell.deliver(this.module.slot, words[0] as number, source, message)) {
        queue.putBack();
        return false;
      }
      this.#keptBytes -= entryBytes(message.byteLength);
      queue.release();
    }
    return true;
  }

  /** Makes good what a cell that is gone had set aside for this input, and what it held of it. */
  forgetCell(cell: HostedCell): void {
    const { flow, input } = this;
    if (flow === undefined || input.flow === undefined) return;
    if (cell !== this.cell) {
      flow.setSent(input.flow, cell.producer, this.#taken.get(cell.producer) ?? 0);
      return;
    }
    flow.setSent(input.flow, cell.producer, 0);
    let inUse = -this.#keptBytes;
    for (const taken of this.#taken.values()) inUse += taken;
    flow.setConsumed(input.flow, inUse);
  }

  get hasKept(): boolean {
    return this.#kept !== undefined && this.#kept.count > 0;
  }

  #addSent(bytes: number): void {
    const { flow, input } = this;
    if (flow === undefined || input.flow === undefined) return;
    flow.setSent(input.flow, HOST_PRODUCER, flow.sent(input.flow, HOST_PRODUCER) + bytes);
  }

  #drop(message: Uint8Array): number {
    if (this.input.flow !== undefined) this.flow?.consume(this.input.flow, entryBytes(message.byteLength));
    return 1;
  }
}
