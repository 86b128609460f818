import { createHash } from 'node:crypto';
import type { FunctionType, Meter, ModuleFacts, ValueType } from '../../../host/src/sandbox/index.ts';
import { buildCallWrapper, RESULT_STRIDE, type WrappedCall } from '../../unit/host/sandbox/call-wrapper.ts';
import { VALUE_BYTES } from '../../unit/host/sandbox/suite-values.ts';
import { type Random, randomOf } from '../wasm-mutations.ts';
import { STATE_PREFIX } from './expose-state.ts';
import { describe, guestImports } from './guest-imports.ts';
import { HANG, HANG_TURNS } from './random-module.ts';

/** One call of an export, or the instantiation, which comes first and again after every trap. */
export interface Step {
  readonly name: string;
  /** Calls of imports with their arguments, in order. */
  readonly log: readonly string[];
  readonly outcome: 'returned' | 'trapped' | 'out-of-fuel' | 'out-of-stack' | 'overflowed';
  /** Bits of the results, or the engine's words for the trap. */
  readonly detail: string;
  /** Digests of memory, globals and tables, now and then, and after every trap, whose effects up to there stay visible. */
  readonly state: readonly string[];
  /** Units used by the call; only of a rewritten module, and only where it returned. */
  readonly fuel: number;
}

/** A digest of the memory takes longer than most calls. */
const STEPS_BETWEEN_STATES = 10;

const ARGUMENTS: Readonly<Record<ValueType, readonly string[]>> = {
  i32: ['0', '1', '7', '100', '65532', '2147483648', '4294967295'],
  i64: ['0', '1', '3', '4294967296', '9223372036854775808', '18446744073709551615'],
  f32: ['0', '1065353216', '2139095040', '2143289344', '4290772993', '2139095041'],
  f64: ['0', '4607182418800017408', '9218868437227405312', '9221120237041090560', '18446744073709551615'],
  v128: ['0 0 0 0', '1 2 3 4', '2143289345 4290772992 2139095041 0'],
  funcref: ['null'],
  externref: ['null'],
};

/** The same calls for every module of the same exports: each function with two choices of arguments. */
export function callsOf(facts: ModuleFacts, seed: number): WrappedCall[] {
  const random = randomOf(seed);
  const functions = facts.exports.flatMap((fact) => (fact.kind === 'function' ? [fact] : []));
  return [1, 2].flatMap(() => functions.map(({ name, type }) => ({ field: name, args: argumentsOf(type, random) })));
}

function argumentsOf({ params }: FunctionType, random: Random): string[] {
  return params.map((type) => {
    const values = ARGUMENTS[type];
    return `${type === 'v128' ? 'v128.i32' : type}:${values[random(values.length)]}`;
  });
}

/** A module to run; `meter` only of a rewritten one. */
export interface Guest {
  readonly bytes: Uint8Array;
  readonly facts: ModuleFacts;
  readonly meter?: Meter;
}

/** Makes the calls one after the other on one instance, with a new one after every trap, and records all that can be seen. */
export function runGuest(guest: Guest, calls: readonly WrappedCall[]): Step[] {
  return new GuestRun(guest, calls).run();
}

class GuestRun {
  readonly #guest: Guest;
  readonly #calls: readonly WrappedCall[];
  readonly #module: WebAssembly.Module;
  readonly #driver: WebAssembly.Module;
  readonly #steps: Step[] = [];
  #log: string[] = [];
  #exports: WebAssembly.Exports | undefined;
  /** Those of the last instance, also of one whose start trapped. */
  #meterExports: WebAssembly.Exports = {};
  #driverExports: WebAssembly.Exports = {};

  constructor(guest: Guest, calls: readonly WrappedCall[]) {
    this.#guest = guest;
    this.#calls = calls;
    this.#module = new WebAssembly.Module(guest.bytes as Uint8Array<ArrayBuffer>);
    this.#driver = new WebAssembly.Module(buildCallWrapper(guest.facts.exports, calls) as Uint8Array<ArrayBuffer>);
  }

  run(): Step[] {
    for (const [index, call] of this.#calls.entries()) {
      if (this.#exports === undefined) this.#step('start', () => this.#instantiate());
      // A module whose start function traps stays without an instance.
      if (this.#exports === undefined) break;
      this.#step(`${call.field}(${call.args.join(', ')})`, () => this.#call(index));
    }
    return this.#steps;
  }

  #instantiate(): string {
    const imports = guestImports(this.#guest.facts, (line) => this.#log.push(line));
    const { exports } = new WebAssembly.Instance(this.#module, imports);
    this.#meterExports = exports;
    // The start function of a rewritten module is called from outside.
    const start = this.#guest.meter?.start;
    if (start !== undefined) (exports[start] as () => void)();
    const driver = new WebAssembly.Instance(this.#driver, { m: exports as Record<string, WebAssembly.ImportValue> });
    this.#exports = exports;
    this.#driverExports = driver.exports;
    return '';
  }

  #call(index: number): string {
    const hang = this.#exports?.[HANG];
    if (hang instanceof WebAssembly.Global) hang.value = HANG_TURNS;
    (this.#driverExports[String(index)] as () => void)();
    const { buffer } = this.#driverExports['out'] as WebAssembly.Memory;
    const { field } = this.#calls[index] as WrappedCall;
    return resultTypes(this.#guest.facts, field)
      .map((type, at) => (VALUE_BYTES[type] === undefined ? type : resultBits(type, buffer, at * RESULT_STRIDE)))
      .join();
  }

  #step(name: string, action: () => string): void {
    this.#log = [];
    let outcome: Step['outcome'] = 'returned';
    let detail = '';
    try {
      detail = action();
    } catch (error) {
      outcome = this.#outcomeOf(error);
      detail = String(error);
    }
    const fuel = outcome === 'returned' ? this.#ask('takeFuel') : 0;
    const isLooked = outcome !== 'returned' || this.#steps.length % STEPS_BETWEEN_STATES === 0;
    const state = isLooked || this.#steps.length >= this.#calls.length ? stateOf(this.#exports ?? {}) : [];
    this.#steps.push({ name, log: this.#log, outcome, detail, state, fuel });
    if (outcome !== 'returned') this.#exports = undefined;
  }

  #outcomeOf(error: unknown): Step['outcome'] {
    if (error instanceof RangeError) return 'overflowed';
    // A vector that would have to cross into JavaScript is a TypeError.
    if (error instanceof TypeError) return 'trapped';
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    return (['trapped', 'out-of-fuel', 'out-of-stack'] as const)[this.#ask('stopReason')] ?? 'trapped';
  }

  #ask(question: 'takeFuel' | 'stopReason'): number {
    const { meter } = this.#guest;
    const answer = meter && this.#meterExports[meter[question]];
    return typeof answer === 'function' ? (answer() as number) : 0;
  }
}

function resultTypes({ exports }: ModuleFacts, field: string): readonly ValueType[] {
  const fact = exports.find(({ name }) => name === field);
  return fact?.kind === 'function' ? fact.type.results : [];
}

/** Numbers that cross the border are canonical in a rewritten module only. */
function resultBits(type: ValueType, buffer: ArrayBuffer, at: number): string {
  const view = new DataView(buffer);
  const value = type === 'f32' ? view.getFloat32(at, true) : type === 'f64' ? view.getFloat64(at, true) : 0;
  return Number.isNaN(value) ? `${type} NaN` : Buffer.from(buffer, at, VALUE_BYTES[type]).toString('hex');
}

function stateOf(exports: WebAssembly.Exports): string[] {
  return Object.entries(exports).flatMap(([name, value]) => {
    if (!name.startsWith(STATE_PREFIX)) return [];
    if (value instanceof WebAssembly.Memory) return [`${name}  ${value.buffer.byteLength} ${digest(value.buffer)}`];
    if (value instanceof WebAssembly.Table) return [`${name} ${tableEntries(value)}`];
    return value instanceof WebAssembly.Global ? [`${name} ${globalValue(value)}`] : [];
  });
}

/** Functions in tables are there in the form in which the guest calls them, so that only their presence can be compared. */
function tableEntries(table: WebAssembly.Table): string {
  const entries = Array.from({ length: Math.min(table.length, 100) }, (_, index) => describe(table.get(index)));
  return `${table.length} ${entries.join()}`;
}

/** JavaScript cannot read a global of type v128. */
function globalValue(global: WebAssembly.Global): string {
  try {
    return describe(global.value);
  } catch {
    return 'v128';
  }
}

const digest = (buffer: ArrayBuffer): string => createHash('sha1').update(Buffer.from(buffer)).digest('base64');
