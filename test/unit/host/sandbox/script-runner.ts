import { inspectModule, type Meter } from '../../../../host/src/sandbox/index.ts';
import { buildCallWrapper, RESULT_STRIDE } from './call-wrapper.ts';
import type { CoreSuite, SuiteCommand, SuiteScript } from './core-suite.ts';
import { type NanDifference, nanDifference } from './nan-class.ts';
import { isExpectedValue, typeOfValue, VALUE_BYTES } from './suite-values.ts';

/** What became of a script: assertions that held, and what did not hold or could not be tried. */
export interface ScriptOutcome {
  held: number;
  /** On modules that were refused before. */
  skipped: number;
  readonly failures: string[];
  /** Results that differ only by what canonical NaNs change, on rewritten modules; counted as held. */
  readonly nans: { readonly place: string; readonly difference: NanDifference; readonly words: string }[];
  /** The engine's words for every trap, in order; `EXHAUSTED` where the script expects the end of a resource. */
  readonly traps: string[];
}

/** Stands for the end of the engine's stack and for the rewritten module's trap for want of stack or fuel. */
export const EXHAUSTED = 'exhausted';

interface Wrapper {
  readonly calls: ReadonlyMap<SuiteCommand, number>;
  readonly exports: WebAssembly.Exports;
}

interface Subject {
  readonly instance: WebAssembly.Instance;
  readonly guest: ScriptGuest;
  /** Made with the first call. */
  wrapper: Wrapper | undefined;
}

/** A module to run in the place of one of the suite; with `meter` it was rewritten. */
export interface ScriptGuest {
  readonly bytes: Uint8Array;
  readonly meter?: Meter;
}

/** What to run for the bytes of a module of the suite, or undefined if they are refused. */
export type Prepare = (bytes: Uint8Array) => ScriptGuest | undefined;

/** Runs a script of the suite and compares every result and trap with what the suite says. */
export function runScript(suite: CoreSuite, script: SuiteScript, prepare: Prepare): ScriptOutcome {
  return new ScriptRunner(suite, script, prepare).run();
}

/** An instance whose start function has run, also if it was made an export. */
function instantiate({ bytes, meter }: ScriptGuest, imports: WebAssembly.Imports): WebAssembly.Instance {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), imports);
  if (meter?.start !== undefined) (instance.exports[meter.start] as () => void)();
  return instance;
}

class ScriptRunner {
  readonly #suite: CoreSuite;
  readonly #script: SuiteScript;
  readonly #prepare: Prepare;
  readonly #outcome: ScriptOutcome = { held: 0, skipped: 0, failures: [], nans: [], traps: [] };
  readonly #registered: WebAssembly.Imports = { spectest: spectest() };
  readonly #named = new Map<string, Subject | undefined>();
  #last: Subject | undefined;

  constructor(suite: CoreSuite, script: SuiteScript, prepare: Prepare) {
    this.#suite = suite;
    this.#script = script;
    this.#prepare = prepare;
  }

  run(): ScriptOutcome {
    for (const command of this.#script.commands) {
      const failure = this.#attempt(command);
      if (failure === 'skipped') this.#outcome.skipped++;
      else if (failure === undefined) this.#outcome.held++;
      else this.#outcome.failures.push(`${this.#script.source}:${command.line}: ${failure}`);
    }
    return this.#outcome;
  }

  #attempt(command: SuiteCommand): string | undefined {
    try {
      return this.#step(command);
    } catch (error) {
      return `threw ${error}`;
    }
  }

  /** Undefined when the command did what the suite says. */
  #step(command: SuiteCommand): string | undefined {
    switch (command.type) {
      case 'module':
        return this.#load(command);
      case 'register':
        return this.#register(command);
      case 'action':
      case 'assert_return':
        return this.#expectReturn(command);
      case 'assert_trap':
        return this.#expectTrap(command);
      case 'assert_exhaustion':
        return this.#expectExhaustion(command);
      case 'assert_unlinkable':
        return this.#expectNoInstance(command, WebAssembly.LinkError);
      case 'assert_uninstantiable':
        return this.#expectNoInstance(command, WebAssembly.RuntimeError);
      default:
        return 'skipped';
    }
  }

  #load(command: SuiteCommand): string | undefined {
    this.#last = undefined;
    const guest = this.#prepare(this.#suite.moduleOf(command));
    if (guest !== undefined) {
      const instance = instantiate(guest, this.#registered);
      this.#last = { instance, guest, wrapper: undefined };
    }
    if (command.name !== undefined) this.#named.set(command.name, this.#last);
    return guest === undefined ? 'skipped' : undefined;
  }

  #register(command: SuiteCommand): string | undefined {
    const subject = this.#subjectOf(command.name);
    if (subject === undefined) return 'skipped';
    this.#registered[command.as as string] = subject.instance.exports as WebAssembly.Imports[string];
    return undefined;
  }

  #expectReturn(command: SuiteCommand): string | undefined {
    const subject = this.#subjectOf(command.on);
    if (subject === undefined) return 'skipped';
    if (command.get !== undefined) return this.#expectGlobal(subject, command.get, command.expected ?? []);
    const memory = this.#call(subject, command);
    for (const [index, expected] of (command.expected ?? []).entries()) {
      const bytes = VALUE_BYTES[typeOfValue(expected)] as number;
      const bits = new Uint8Array(memory.buffer, index * RESULT_STRIDE, bytes);
      if (command.type !== 'assert_return' || isExpectedValue(bits, expected)) continue;
      const words = `result ${index} is ${Buffer.from(bits).toString('hex')}, not ${expected}`;
      if (subject.guest.meter === undefined || !this.#isNan(command, bits, expected, words)) return words;
    }
    return undefined;
  }

  #isNan(command: SuiteCommand, bits: Uint8Array, expected: string, words: string): boolean {
    const call = { field: command.invoke ?? '', args: command.args ?? [] };
    const difference = nanDifference(bits, expected, call);
    const place = `${this.#script.source}:${command.line}`;
    if (difference !== undefined) this.#outcome.nans.push({ place, difference, words: `${call.field}: ${words}` });
    return difference !== undefined;
  }

  #expectGlobal(subject: Subject, field: string, expected: readonly string[]): string | undefined {
    const { value } = subject.instance.exports[field] as WebAssembly.Global;
    const want = expected[0]?.slice(expected[0].indexOf(':') + 1);
    return String(value) === want ? undefined : `global ${field} is ${value}, not ${want}`;
  }

  #expectTrap(command: SuiteCommand): string | undefined {
    const subject = this.#subjectOf(command.on);
    if (subject === undefined) return 'skipped';
    const wasStopped = isStopped(subject);
    const failure = this.#expectThrow(() => this.#call(subject, command), WebAssembly.RuntimeError);
    return failure ?? (isStopped(subject) && !wasStopped ? 'was stopped by its meter' : undefined);
  }

  /** The engine's own end of the stack, or the trap of a rewritten module that says so. */
  #expectExhaustion(command: SuiteCommand): string | undefined {
    const subject = this.#subjectOf(command.on);
    if (subject === undefined) return 'skipped';
    const { meter } = subject.guest;
    const kind = meter === undefined ? RangeError : WebAssembly.RuntimeError;
    const failure = this.#expectThrow(() => this.#call(subject, command), kind);
    this.#outcome.traps.splice(-1, 1, EXHAUSTED);
    return failure ?? (meter !== undefined && !isStopped(subject) ? 'trapped for another reason' : undefined);
  }

  #expectNoInstance(command: SuiteCommand, kind: typeof WebAssembly.RuntimeError): string | undefined {
    const guest = this.#prepare(this.#suite.moduleOf(command));
    if (guest === undefined) return 'skipped';
    return this.#expectThrow(() => instantiate(guest, this.#registered), kind);
  }

  #expectThrow(action: () => unknown, kind: typeof WebAssembly.RuntimeError | typeof RangeError): string | undefined {
    try {
      action();
    } catch (error) {
      this.#outcome.traps.push(String(error));
      return error instanceof kind ? undefined : `threw ${error}`;
    }
    return 'did not trap';
  }

  #subjectOf(name: string | undefined): Subject | undefined {
    return name === undefined ? this.#last : this.#named.get(name);
  }

  /** Makes the call and returns the memory that has the results. */
  #call(subject: Subject, command: SuiteCommand): WebAssembly.Memory {
    subject.wrapper ??= this.#wrap(subject);
    const { calls, exports } = subject.wrapper;
    (exports[String(calls.get(command))] as () => void)();
    return exports['out'] as WebAssembly.Memory;
  }

  /** One wrapper for all calls on a module from its first one to the end of the script. */
  #wrap(subject: Subject): Wrapper {
    const { exports } = inspectModule(subject.guest.bytes);
    const functions = new Set(exports.filter(({ kind }) => kind === 'function').map(({ name }) => name));
    const calls = this.#script.commands.filter(
      ({ invoke, args }) => invoke !== undefined && functions.has(invoke) && args,
    );
    const fitting = calls.filter(({ invoke, args }) => takes(exports, invoke as string, args ?? []));
    const wrapper = buildCallWrapper(
      exports,
      fitting.map(({ invoke, args }) => ({ field: invoke as string, args: args ?? [] })),
    );
    const instance = new WebAssembly.Instance(new WebAssembly.Module(wrapper), {
      m: subject.instance.exports as WebAssembly.Imports[string],
    });
    return { calls: new Map(fitting.map((command, index) => [command, index])), exports: instance.exports };
  }
}

/** Whether the meter of a rewritten module has stopped a call. */
function isStopped({ guest, instance }: Subject): boolean {
  return guest.meter !== undefined && (instance.exports[guest.meter.stopReason] as () => number)() !== 0;
}

/** Whether the arguments are of the types of the function: modules of one script reuse names for others. */
function takes(exports: ReturnType<typeof inspectModule>['exports'], field: string, args: readonly string[]): boolean {
  const fact = exports.find(({ name }) => name === field);
  return fact?.kind === 'function' && fact.type.params.join() === args.map(typeOfValue).join();
}

/** The module that the suite's own modules import from. */
function spectest(): WebAssembly.Imports[string] {
  const print = (): void => undefined;
  return {
    print,
    print_i32: print,
    print_i64: print,
    print_f32: print,
    print_f64: print,
    print_i32_f32: print,
    print_f64_f64: print,
    global_i32: new WebAssembly.Global({ value: 'i32' }, 666),
    global_i64: new WebAssembly.Global({ value: 'i64' }, 666n),
    global_f32: new WebAssembly.Global({ value: 'f32' }, 666.6),
    global_f64: new WebAssembly.Global({ value: 'f64' }, 666.6),
    table: new WebAssembly.Table({ element: 'anyfunc', initial: 10, maximum: 20 }),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
  };
}
