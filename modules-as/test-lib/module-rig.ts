import { readFileSync } from 'node:fs';
import {
  answerFrame,
  desiredFrame,
  messageFrame,
  methodFrame,
  type Property,
  startFrame,
  stopFrame,
  timerFrame,
} from '../../sdk/test/lib/event-frames.ts';
import { type Effects, HostDouble } from '../../sdk/test/lib/host-double.ts';
import { ModuleUnderTest } from '../../sdk/test/lib/module-under-test.ts';
import { type AssemblyTarget, buildModules } from '../../tools/src/module-build/index.ts';
import { type ModbusRequest, readRequest } from './modbus-payloads.ts';

export const TARGETS: readonly AssemblyTarget[] = ['release', 'debug'];

export type Json = Record<string, unknown>;

/** A ready module as it is shipped, built when it is not up to date. */
export interface ReadyModule {
  /** Size of the release file with its description. */
  readonly bytes: number;
  wasm(target: AssemblyTarget): Uint8Array;
}

export async function readyModule(name: string): Promise<ReadyModule> {
  const [built] = await buildModules([name]);
  const release = readFileSync(built!.file);
  const debug = readFileSync(built!.file.replace(/\.wasm$/, '.debug.wasm'));
  return { bytes: release.byteLength, wasm: (target) => (target === 'release' ? release : debug) };
}

interface RunningTimer {
  dueMs: number;
  periodMs: number;
}

/**
 * A module with clocks that only the test moves: timers the module sets come due in `advance`, what it emits and reports is
 * collected, its device requests wait for `answer`.
 */
export class ModuleRig<Request extends object = ModbusRequest> {
  readonly module: ModuleUnderTest;
  /** Bodies of all messages emitted so far, with their output. */
  readonly emitted: { output: string; body: Json }[] = [];
  /** Properties of the message emitted last. */
  properties: Json = {};
  /** The reported properties, merged as a hub merges them. */
  readonly reported: Json = {};
  readonly requests: (Request & { id: number })[] = [];
  /** Number of reports made, to see that a module does not flood its twin. */
  reports = 0;
  timeMs = 1_700_000_000_000;
  monotonicMs = 5_000;
  #timers = new Map<number, RunningTimer>();
  #sequence = 0;
  #requestId = 0;
  #methodId = 0;

  readonly #decode: (payload: Buffer) => Request;

  /** `state` is the `kv` content that an instance before this one left, `decode` reads its device requests. */
  constructor(
    wasm: Uint8Array,
    state: Map<string, Buffer> = new Map(),
    decode: (payload: Buffer) => Request = readRequest as never,
  ) {
    this.module = ModuleUnderTest.open(wasm, new HostDouble());
    this.module.state = state;
    this.#decode = decode;
  }

  /** The first two events of every instance. */
  start(desired: Json = {}, environment: readonly Property[] = []): this {
    this.#commit(startFrame({ ...this.#now, device: 'gateway', module: 'module', environment }));
    return this.desired(desired);
  }

  desired(desired: Json): this {
    this.#commit(desiredFrame({ ...this.#now, complete: true, body: JSON.stringify(desired) }));
    return this;
  }

  patch(patch: Json): this {
    this.#commit(desiredFrame({ ...this.#now, complete: false, body: JSON.stringify(patch) }));
    return this;
  }

  message(body: Json | string): this {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.#commit(messageFrame({ ...this.#now, isJson: true, sequence: ++this.#sequence, body: text }));
    return this;
  }

  method(name: string, payload?: unknown): { status: number; payload: unknown } {
    const text = payload === undefined ? '' : JSON.stringify(payload);
    const [response] = this.#commit(methodFrame(++this.#methodId, name, text, this.#now)).responses;
    if (response === undefined) throw new Error(`method ${name} was not answered`);
    return { status: response.status, payload: response.payload === '' ? undefined : JSON.parse(response.payload) };
  }

  answer(request: number, status: number, payload?: Uint8Array, detail = 0): this {
    this.#commit(answerFrame({ ...this.#now, request, status, detail, ...(payload && { payload }) }));
    return this;
  }

  stop(): this {
    this.#commit(stopFrame(2, this.#now));
    return this;
  }

  /** Lets time pass and delivers the timers that come due, in their order. */
  advance(ms: number): this {
    const end = this.monotonicMs + ms;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a[1].dueMs - b[1].dueMs)[0];
      if (next === undefined || next[1].dueMs > end) break;
      const [id, timer] = next;
      this.#moveTo(timer.dueMs);
      if (timer.periodMs > 0) timer.dueMs += timer.periodMs;
      else this.#timers.delete(id);
      this.#commit(timerFrame(id, 0, this.#now));
    }
    this.#moveTo(end);
    return this;
  }

  /** Messages emitted since the last call. */
  take(): Json[] {
    return this.emitted.splice(0).map(({ body }) => body);
  }

  /** Device requests made since the last call. */
  takeRequests(): (Request & { id: number })[] {
    return this.requests.splice(0);
  }

  get logs(): string[] {
    return this.module.host.logs.map(({ text }) => text);
  }

  /** The same module after a restart: what it kept in `kv` is all that is left. */
  restarted(wasm: Uint8Array): ModuleRig<Request> {
    const next = new ModuleRig<Request>(wasm, this.module.state, this.#decode);
    next.timeMs = this.timeMs;
    next.monotonicMs = this.monotonicMs;
    return next;
  }

  get #now(): { time: number; monotonic: number } {
    return { time: this.timeMs, monotonic: this.monotonicMs };
  }

  #moveTo(monotonicMs: number): void {
    this.timeMs += monotonicMs - this.monotonicMs;
    this.monotonicMs = monotonicMs;
  }

  #commit(frame: Uint8Array): Effects {
    const effects = this.module.commit(frame);
    if (this.module.host.invalid.length > 0) throw new Error(this.module.host.invalid.join('; '));
    for (const { output, body, properties } of effects.emitted) {
      this.emitted.push({ output, body: JSON.parse(body.toString()) });
      this.properties = Object.fromEntries(properties);
    }
    for (const patch of effects.reported) {
      this.reports++;
      merge(this.reported, patch as Json);
    }
    for (const request of effects.requests) this.requests.push({ id: ++this.#requestId, ...this.#decode(request) });
    for (const { timer, delayMs, periodMs } of effects.timers) {
      if (delayMs < 0) this.#timers.delete(timer);
      else this.#timers.set(timer, { dueMs: this.monotonicMs + delayMs, periodMs });
    }
    return effects;
  }
}

function merge(target: Json, patch: Json): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete target[key];
    } else if (typeof value === 'object' && !Array.isArray(value)) {
      const before = target[key];
      const object = typeof before === 'object' && before !== null && !Array.isArray(before) ? (before as Json) : {};
      target[key] = object;
      merge(object, value as Json);
    } else {
      target[key] = value;
    }
  }
}
