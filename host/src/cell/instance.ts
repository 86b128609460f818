import { ABI_VERSION } from '../abi/constants.ts';
import { type ErrorCode, GatehouseError } from '../errors.ts';
import { SET_MIN_MS } from '../time/moment.ts';
import type { CellImage, MeterNames } from './cell-image.ts';
import type { CellTime } from './cell-time.ts';
import { type CopyBuffer, copyBytes, GuestMemory } from './guest-memory.ts';
import { createImports, type ImportContext } from './imports/index.ts';
import { Meter } from './meter.ts';

type Handle = (pointer: number, length: number) => number;
type Alloc = (length: number) => number;

const FIRST_INBOX_BYTES = 1_024;

/** A running module: its memory, its inbox and its one entry point. Discarded after any trap. */
export class Instance {
  readonly memory: GuestMemory;
  readonly meter: Meter;
  readonly #exports: WebAssembly.Exports;
  readonly #start: string | undefined;
  readonly #handle: Handle;
  readonly #alloc: Alloc;
  #inbox = 0;
  #inboxBytes = 0;

  private constructor(exports: WebAssembly.Exports, memory: GuestMemory, names: MeterNames | undefined) {
    this.#exports = exports;
    this.memory = memory;
    this.meter = new Meter(exports, names);
    this.#start = names?.start;
    this.#handle = functionOf(exports, 'gatehouse_handle') as Handle;
    this.#alloc = functionOf(exports, 'gatehouse_alloc') as Alloc;
  }

  /**
   * Instantiates a module; nothing of a metered one runs yet.
   * @throws GatehouseError `ABI_*` when it can never run; whatever the guest threw when it trapped
   */
  static create({ compiled, meter }: CellImage, context: ImportContext): Instance {
    const { exports } = instantiate(compiled, context);
    const memory = exports['memory'];
    if (!(memory instanceof WebAssembly.Memory)) throw missing('memory', 'a memory');
    context.memory = new GuestMemory(memory);
    return new Instance(exports, context.memory, meter);
  }

  /** Runs the module's start function and initialisation, checks its version and asks for its inbox [ABI-2]. Throws as `create` does. */
  initialize(): void {
    if (this.#start !== undefined) functionOf(this.#exports, this.#start)();
    const initialize = this.#exports['_initialize'];
    if (typeof initialize === 'function') initialize();
    const version = functionOf(this.#exports, 'gatehouse_abi_version')();
    if (version !== ABI_VERSION)
      throw new GatehouseError('ABI_VERSION', `the module speaks ABI version ${version}, this host ${ABI_VERSION}`, {
        details: { expected: ABI_VERSION, got: version },
      });
    if (!this.#growInbox(FIRST_INBOX_BYTES)) throw badInbox(FIRST_INBOX_BYTES, 0);
  }

  /**
   * Makes the inbox large enough for a frame; false when the module has no memory for it. It comes before the event, so
   * that imports do nothing meanwhile [ABI-4.11]. Throws what the guest traps with.
   */
  makeRoom(length: number): boolean {
    return length <= this.#inboxBytes || this.#growInbox(length);
  }

  /** Copies a frame into the inbox, which has room for it, and calls the entry point. Throws what the guest traps with. */
  deliver(frame: Uint8Array): number {
    this.memory.refresh();
    this.memory.bytes.set(frame, this.#inbox);
    return this.#handle(this.#inbox, frame.byteLength) | 0;
  }

  /**
   * Delivers a message frame, for which there is room, straight from a queue, without a view or a copy in between, and stamps its time.
   * If somebody has set the clock since it was sent, it was sent as long ago as the monotonic clock says [ABI-5.4].
   * @param at offset of the frame in the queue, a multiple of 8
   */
  deliverMessage(from: CopyBuffer, at: number, length: number, time: CellTime): number {
    const { memory } = this;
    memory.refresh();
    const inbox = this.#inbox;
    copyBytes(from, at, memory, inbox, length);
    const { doubles } = memory;
    const word = inbox >> 3;
    const sentAt = time.now - (time.monotonic - (doubles[word + 2] as number));
    if (Math.abs(sentAt - (doubles[word + 5] as number)) >= SET_MIN_MS) doubles[word + 5] = sentAt;
    doubles[word + 1] = time.now;
    doubles[word + 2] = time.monotonic;
    return this.#handle(inbox, length) | 0;
  }

  /** Asks the module for a larger inbox; what it answers is hostile [ABI-2.3]. False when it has no memory for it. */
  #growInbox(wanted: number): boolean {
    const pointer = this.#alloc(wanted) >>> 0;
    this.memory.refresh();
    if (pointer === 0) return false;
    if (pointer % 8 !== 0 || !this.memory.contains(pointer, wanted)) throw badInbox(wanted, pointer);
    this.#inbox = pointer;
    this.#inboxBytes = wanted;
    return true;
  }
}

function badInbox(wanted: number, pointer: number): GatehouseError {
  const details = { expected: 'a multiple of 8 with the block inside memory', got: pointer };
  return new GatehouseError(
    'MODULE_BAD_INBOX',
    `gatehouse_alloc(${wanted}) returned ${pointer}, which is not a block of memory`,
    { details },
  );
}

function instantiate(compiled: WebAssembly.Module, context: ImportContext): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(compiled, createImports(context));
  } catch (error) {
    if (error instanceof WebAssembly.LinkError || error instanceof TypeError)
      throw new GatehouseError('ABI_IMPORT', error.message, { cause: error });
    throw error;
  }
}

function functionOf(exports: WebAssembly.Exports, name: string): (...parameters: number[]) => number {
  const value = exports[name];
  if (typeof value !== 'function') throw missing(name, 'a function');
  return value as (...parameters: number[]) => number;
}

function missing(name: string, expected: string): GatehouseError {
  const code: ErrorCode = 'ABI_EXPORT';
  return new GatehouseError(code, `the module does not export ${expected} called ${name}`, {
    details: { name, expected },
  });
}
