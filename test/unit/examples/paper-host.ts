import * as frames from './paper-frames.ts';

/** What one event did, as it took effect. */
export interface Effects {
  readonly emitted: { output: string; flags: number; properties: Uint8Array; body: string }[];
  readonly reported: unknown[];
  readonly responses: { request: number; status: number; payload: string }[];
  readonly timers: { timer: number; delayMs: number; periodMs: number }[];
}

export type HostState = Map<string, Uint8Array>;

const UNAVAILABLE = -6;
const NOT_FOUND = -5;
const INVALID = -1;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A host of a few lines made from docs/abi.md and nothing else, for trying a module alone: it delivers frames, keeps what the module
 * does until the event commits, and throws it away if it does not. It is as strict as the document with what it is given.
 */
export class PaperHost {
  readonly logs: { level: number; text: string }[] = [];
  readonly effects: Effects = { emitted: [], reported: [], responses: [], timers: [] };
  /** Set by `log.abort`. */
  abortWords: string | undefined;
  /** Status that the next `emit` returns instead of queueing. */
  emitStatus = 0;
  readonly #committedState: HostState;
  readonly #names = { input: [] as string[], output: [] as string[] };
  readonly #instance: WebAssembly.Instance;
  #state: HostState = new Map();
  #pending: (() => void)[] = [];
  #isHandling = false;
  #inboxBytes = 0;
  #inbox = 0;

  constructor(module: Uint8Array, state: HostState = new Map()) {
    this.#committedState = state;
    this.#instance = new WebAssembly.Instance(new WebAssembly.Module(module), this.#imports());
    if (this.#export('gatehouse_abi_version')() !== 1) throw new Error('not ABI version 1');
  }

  /** The id that the module got for an input. */
  inputId(name: string): number {
    return this.#id('input', name);
  }

  /** Delivers an event [ABI-2.4] and returns what the handler returned; its effects are there only if that is 0 [ABI-3]. */
  deliver(frame: Uint8Array): number {
    this.#inbox = this.#inboxFor(frame.byteLength);
    new Uint8Array(this.#memory.buffer).set(frame, this.#inbox);
    this.#state = new Map(this.#committedState);
    this.#pending = [];
    this.#isHandling = true;
    try {
      const status = this.#export('gatehouse_handle')(this.#inbox, frame.byteLength);
      if (status === 0) this.#commit();
      return status;
    } finally {
      this.#isHandling = false;
    }
  }

  /** Start and desired events, as every instance gets them first. */
  start(desired: unknown = {}): this {
    this.deliver(frames.start('pump-7', 'threshold'));
    this.deliver(frames.desired(desired, true));
    return this;
  }

  get inbox(): { pointer: number; memoryBytes: number } {
    return { pointer: this.#inbox, memoryBytes: this.#memory.buffer.byteLength };
  }

  #commit(): void {
    for (const effect of this.#pending) effect();
    this.#committedState.clear();
    for (const [key, value] of this.#state) this.#committedState.set(key, value);
  }

  #inboxFor(bytes: number): number {
    if (bytes <= this.#inboxBytes) return this.#inbox;
    const pointer = this.#export('gatehouse_alloc')(bytes) >>> 0;
    if (pointer === 0 || pointer % 8 !== 0 || pointer + bytes > this.#memory.buffer.byteLength)
      throw new Error('bad inbox');
    this.#inboxBytes = bytes;
    return pointer;
  }

  get #memory(): WebAssembly.Memory {
    return this.#instance.exports['memory'] as WebAssembly.Memory;
  }

  #export(name: string): (...values: number[]) => number {
    return this.#instance.exports[name] as (...values: number[]) => number;
  }

  #bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, pointer >>> 0, length >>> 0).slice();
  }

  #text(pointer: number, length: number): string {
    return decoder.decode(this.#bytes(pointer, length));
  }

  #id(kind: 'input' | 'output', name: string): number {
    const names = this.#names[kind];
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  }

  #later(effect: () => void): number {
    this.#pending.push(effect);
    return 0;
  }

  #write(value: Uint8Array, pointer: number, capacity: number): number {
    if (value.byteLength <= capacity >>> 0) new Uint8Array(this.#memory.buffer).set(value, pointer >>> 0);
    return value.byteLength;
  }

  /** Section 4; outside an event everything is unavailable [ABI-4.11]. */
  #imports(): WebAssembly.Imports {
    const guarded =
      (call: (...values: number[]) => number) =>
      (...values: number[]): number =>
        this.#isHandling ? call(...values) : UNAVAILABLE;
    const space = (calls: Record<string, (...values: number[]) => number>) =>
      Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, guarded(call)]));
    return {
      message: space({
        input: (name = 0, bytes = 0) => this.#id('input', this.#text(name, bytes)),
        output: (name = 0, bytes = 0) => this.#id('output', this.#text(name, bytes)),
        emit: (...call) => this.#emit(...(call as EmitCall)),
      }),
      log: {
        ...space({
          write: (level = 0, text = 0, bytes = 0) => {
            this.logs.push({ level, text: this.#text(text, bytes) });
            return 0;
          },
        }),
        abort: (text: number, textBytes: number, file: number, fileBytes: number, line: number) => {
          this.abortWords = `${this.#text(text, textBytes)} (${this.#text(file, fileBytes)}:${line})`;
          return 0;
        },
      },
      timer: space({
        set: (timer = 0, delayMs = 0, periodMs = 0) =>
          this.#later(() => this.effects.timers.push({ timer, delayMs, periodMs })),
      }),
      twin: space({
        report: (patch = 0, bytes = 0) => {
          const value: unknown = JSON.parse(this.#text(patch, bytes));
          return this.#later(() => this.effects.reported.push(value));
        },
      }),
      method: space({
        respond: (request = 0, status = 0, payload = 0, bytes = 0) => {
          const text = this.#text(payload, bytes);
          return this.#later(() => this.effects.responses.push({ request, status, payload: text }));
        },
      }),
      kv: space({
        get: (key = 0, keyBytes = 0, buffer = 0, capacity = 0) => {
          const value = this.#state.get(this.#text(key, keyBytes));
          return value === undefined ? NOT_FOUND : this.#write(value, buffer, capacity);
        },
        set: (key = 0, keyBytes = 0, value = 0, bytes = 0) => {
          this.#state.set(this.#text(key, keyBytes), this.#bytes(value, bytes));
          return 0;
        },
      }),
    };
  }

  #emit(...[output, flags, properties, propertiesBytes, body, bodyBytes]: EmitCall): number {
    const name = this.#names.output[output];
    if (name === undefined || flags > 1) return INVALID;
    if (this.emitStatus !== 0) return this.emitStatus;
    const message = {
      output: name,
      flags,
      properties: this.#bytes(properties, propertiesBytes),
      body: this.#text(body, bodyBytes),
    };
    return this.#later(() => this.effects.emitted.push(message));
  }
}

type EmitCall = [
  output: number,
  flags: number,
  properties: number,
  propertiesBytes: number,
  body: number,
  bodyBytes: number,
];
