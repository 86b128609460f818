import { instantiateSync } from '@assemblyscript/loader';
import { type Effects, HostDouble } from './host-double.ts';

interface GatehouseExports extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  readonly _initialize?: () => void;
  gatehouse_abi_version(): number;
  gatehouse_alloc(length: number): number;
  gatehouse_handle(pointer: number, length: number): number;
}

/** What became of one event. */
export type Outcome =
  | { readonly kind: 'committed'; readonly effects: Effects }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'trapped'; readonly error: unknown };

/** A module as a host sees it [ABI-2]: instantiated, with an inbox, and fed with frames one at a time. */
export class ModuleUnderTest {
  readonly host: HostDouble;
  readonly exports: GatehouseExports;
  /** State that earlier events committed. */
  state = new Map<string, Buffer>();
  #inbox = 0;
  #inboxBytes = 0;

  constructor(host: HostDouble, exports: GatehouseExports) {
    this.host = host;
    this.exports = exports;
  }

  static open(wasm: Uint8Array, host: HostDouble = new HostDouble()): ModuleUnderTest {
    const { exports } = instantiateSync<GatehouseExports>(wasm, host.imports as never);
    host.attach(exports.memory);
    const module = new ModuleUnderTest(host, exports);
    exports._initialize?.();
    const version = exports.gatehouse_abi_version();
    if (version !== 1) throw new Error(`ABI version ${version}`);
    return module;
  }

  get memoryBytes(): number {
    return this.exports.memory.buffer.byteLength;
  }

  /** Delivers a frame; the inbox is filled with digits behind it, so that a number that is read too far shows. */
  deliver(frame: Uint8Array): Outcome {
    if (frame.byteLength > this.#inboxBytes) this.#allocate(frame.byteLength);
    const memory = new Uint8Array(this.exports.memory.buffer);
    memory.set(frame, this.#inbox);
    memory.fill(0x31, this.#inbox + frame.byteLength, this.#inbox + this.#inboxBytes);
    this.host.begin(this.state);
    this.host.handling = true;
    try {
      const status = this.exports.gatehouse_handle(this.#inbox, frame.byteLength);
      if (status !== 0) return { kind: 'refused', status };
      this.state = this.host.effects.state;
      return { kind: 'committed', effects: this.host.effects };
    } catch (error) {
      return { kind: 'trapped', error };
    } finally {
      this.host.handling = false;
    }
  }

  /** Delivers a frame that is expected to commit, and returns its effects. */
  commit(frame: Uint8Array): Effects {
    const outcome = this.deliver(frame);
    if (outcome.kind === 'committed') return outcome.effects;
    const words = this.host.aborts.at(-1);
    throw new Error(`${outcome.kind}: ${words === undefined ? JSON.stringify(outcome) : JSON.stringify(words)}`);
  }

  #allocate(bytes: number): void {
    const inbox = this.exports.gatehouse_alloc(bytes);
    if (inbox <= 0 || inbox % 8 !== 0 || inbox + bytes > this.memoryBytes) throw new Error(`bad inbox at ${inbox}`);
    this.#inbox = inbox;
    this.#inboxBytes = bytes;
  }
}
