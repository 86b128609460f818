import { type Property, readPropertyBlock } from './event-frames.ts';

export interface Emitted {
  readonly output: string;
  readonly isJson: boolean;
  readonly properties: readonly Property[];
  readonly body: Buffer;
}

export interface Effects {
  readonly emitted: Emitted[];
  readonly reported: unknown[];
  readonly responses: { request: number; status: number; payload: string }[];
  readonly requests: Buffer[];
  readonly timers: { timer: number; delayMs: number; periodMs: number }[];
  readonly state: Map<string, Buffer>;
}

export interface LogLine {
  readonly level: number;
  readonly text: string;
}

/** What a module says before it traps [ABI-4.6]. */
export interface AbortWords {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const STATUS_INVALID = -1;
const STATUS_NOT_FOUND = -5;
const STATUS_UNAVAILABLE = -6;

/**
 * The other side of the imports, for tests of modules: it keeps what a module did and checks every pointer, length and text
 * as a host would. `statuses` makes an import answer something else than success.
 */
export class HostDouble {
  readonly logs: LogLine[] = [];
  readonly aborts: AbortWords[] = [];
  /** Calls of imports that were refused as `invalid`, for tests that expect none. */
  readonly invalid: string[] = [];
  readonly inputs: string[] = [];
  readonly outputs: string[] = [];
  readonly sources: string[] = ['gateway/sender/out'];
  /** Answers by import, such as `'message.emit': -4`. */
  readonly statuses = new Map<string, number>();
  readonly imports: WebAssembly.Imports;
  /** Whether an event is being handled; outside, imports answer `unavailable` [ABI-4.11]. */
  handling = false;
  effects: Effects = emptyEffects(new Map());
  #memory: WebAssembly.Memory | undefined;
  #nextRequest = 1;

  constructor() {
    this.imports = {
      message: {
        input: this.#guard('message.input', (name, bytes) => idOf(this.inputs, this.#text(name, bytes))),
        output: this.#guard('message.output', (name, bytes) => idOf(this.outputs, this.#text(name, bytes))),
        emit: this.#guard('message.emit', (...args) => this.#emit(args)),
        source: this.#guard('message.source', (source, buffer, capacity) => this.#source(source, buffer, capacity)),
      },
      log: {
        write: this.#guard('log.write', (level, text, bytes) => {
          this.logs.push({ level, text: this.#text(text, bytes) });
          return 0;
        }),
        abort: (text: number, bytes: number, file: number, fileBytes: number, line: number, column: number): number => {
          this.aborts.push({ text: this.#text(text, bytes), file: this.#text(file, fileBytes), line, column });
          return 0;
        },
      },
      timer: {
        set: this.#guard('timer.set', (timer, delayMs, periodMs) => {
          if (timer > 63 || delayMs < 0 || periodMs < 0) throw new RangeError('timer');
          this.effects.timers.push({ timer, delayMs, periodMs });
          return 0;
        }),
        clear: this.#guard('timer.clear', (timer) => {
          this.effects.timers.push({ timer, delayMs: -1, periodMs: -1 });
          return 0;
        }),
      },
      twin: {
        report: this.#guard('twin.report', (patch, bytes) => {
          this.effects.reported.push(JSON.parse(this.#text(patch, bytes)));
          return 0;
        }),
      },
      method: {
        respond: this.#guard('method.respond', (request, status, payload, bytes) => {
          const text = this.#text(payload, bytes);
          if (text !== '') JSON.parse(text);
          this.effects.responses.push({ request, status, payload: text });
          return 0;
        }),
      },
      kv: {
        get: this.#guard('kv.get', (key, keyBytes, buffer, capacity) => this.#get(key, keyBytes, buffer, capacity)),
        set: this.#guard('kv.set', (key, keyBytes, value, bytes) => {
          this.effects.state.set(this.#text(key, keyBytes), this.#copy(value, bytes));
          return 0;
        }),
        remove: this.#guard('kv.remove', (key, keyBytes) =>
          this.effects.state.delete(this.#text(key, keyBytes)) ? 0 : STATUS_NOT_FOUND,
        ),
      },
      modbus: { request: this.#requestOf('modbus') },
      serial: { request: this.#requestOf('serial') },
      'modbus-server': { request: this.#requestOf('modbus-server') },
      http: { request: this.#requestOf('http') },
      ble: { request: this.#requestOf('ble') },
      mqtt: { request: this.#requestOf('mqtt') },
    };
  }

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  /** Starts to collect the effects of an event; state goes on from what there is. */
  begin(state: Map<string, Buffer>): void {
    this.effects = emptyEffects(new Map(state));
  }

  #requestOf(driver: string): (...args: number[]) => number {
    return this.#guard(`${driver}.request`, (pointer, bytes) => {
      this.effects.requests.push(this.#copy(pointer, bytes));
      return this.#nextRequest++;
    });
  }

  #guard(name: string, body: (...args: number[]) => number): (...args: number[]) => number {
    return (...args) => {
      if (!this.handling) return STATUS_UNAVAILABLE;
      const status = this.statuses.get(name);
      if (status !== undefined) return status;
      try {
        return body(...args);
      } catch (error) {
        this.invalid.push(`${name}: ${error instanceof Error ? error.message : error}`);
        return STATUS_INVALID;
      }
    };
  }

  #emit(args: readonly number[]): number {
    const [output, flags, properties, propertiesBytes, body, bodyBytes] = args as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const name = this.outputs[output];
    if (name === undefined || flags > 1) throw new RangeError('output or flags');
    this.effects.emitted.push({
      output: name,
      isJson: flags === 1,
      properties: readPropertyBlock(this.#copy(properties, propertiesBytes)),
      body: this.#copy(body, bodyBytes),
    });
    return 0;
  }

  #source(source: number, buffer: number, capacity: number): number {
    const name = this.sources[source];
    return name === undefined ? STATUS_NOT_FOUND : this.#answer(Buffer.from(name), buffer, capacity);
  }

  #get(key: number, keyBytes: number, buffer: number, capacity: number): number {
    const value = this.effects.state.get(this.#text(key, keyBytes));
    return value === undefined ? STATUS_NOT_FOUND : this.#answer(value, buffer, capacity);
  }

  #answer(content: Buffer, buffer: number, capacity: number): number {
    const room = this.#view(buffer, capacity);
    if (content.byteLength <= capacity) content.copy(room);
    return content.byteLength;
  }

  #text(pointer: number, bytes: number): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.#view(pointer, bytes));
  }

  #copy(pointer: number, bytes: number): Buffer {
    return Buffer.from(this.#view(pointer, bytes));
  }

  #view(pointer: number, bytes: number): Buffer {
    const memory = this.#memory;
    if (memory === undefined) throw new Error('import called before the module had memory');
    if (bytes < 0 || pointer < 0 || pointer + bytes > memory.buffer.byteLength) throw new RangeError('outside memory');
    return Buffer.from(memory.buffer, pointer, bytes);
  }
}

function emptyEffects(state: Map<string, Buffer>): Effects {
  return { emitted: [], reported: [], responses: [], requests: [], timers: [], state };
}

function idOf(names: string[], name: string): number {
  if (!/^[A-Za-z0-9._-]{1,128}$/.test(name)) throw new RangeError(`name ${name}`);
  if (!names.includes(name)) names.push(name);
  return names.indexOf(name);
}
