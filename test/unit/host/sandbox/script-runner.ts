import { inspectModule } from '../../../../host/src/sandbox/index.ts';
import { buildCallWrapper, RESULT_STRIDE } from './call-wrapper.ts';
import type { CoreSuite, SuiteCommand, SuiteScript } from './core-suite.ts';
import { isExpectedValue, typeOfValue, VALUE_BYTES } from './suite-values.ts';

/** What became of a script: assertions that held, and what did not hold or could not be tried. */
export interface ScriptOutcome {
  held: number;
  /** On modules that were refused before. */
  skipped: number;
  readonly failures: string[];
  /** The engine's words for every trap, in order. */
  readonly traps: string[];
}

interface Wrapper {
  readonly calls: ReadonlyMap<SuiteCommand, number>;
  readonly exports: WebAssembly.Exports;
}

interface Subject {
  readonly instance: WebAssembly.Instance;
  readonly bytes: Uint8Array;
  /** Made with the first call. */
  wrapper: Wrapper | undefined;
}

type TrapKind = typeof WebAssembly.RuntimeError | typeof RangeError;

/** Turns the bytes of a module of the suite into those to run, or undefined if they are refused. */
export type Prepare = (bytes: Uint8Array) => Uint8Array | undefined;

/** Runs a script of the suite and compares every result and trap with what the suite says. */
export function runScript(suite: CoreSuite, script: SuiteScript, prepare: Prepare): ScriptOutcome {
  return new ScriptRunner(suite, script, prepare).run();
}

/** An instance whose start function has run, also if it was made an export. */
function instantiate(bytes: Uint8Array, imports: WebAssembly.Imports): WebAssembly.Instance {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  (instance.exports['gatehouse:start'] as (() => void) | undefined)?.();
  return instance;
}

class ScriptRunner {
  readonly #suite: CoreSuite;
  readonly #script: SuiteScript;
  readonly #prepare: Prepare;
  readonly #outcome: ScriptOutcome = { held: 0, skipped: 0, failures: [], traps: [] };
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
        return this.#expectTrap(command, WebAssembly.RuntimeError);
      case 'assert_exhaustion':
        // The engine's own end of the stack, or the trap of a rewritten module.
        return this.#expectTrap(command, RangeError, WebAssembly.RuntimeError);
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
    const bytes = this.#prepare(this.#suite.moduleOf(command));
    if (bytes !== undefined) {
      const instance = instantiate(bytes, this.#registered);
      this.#last = { instance, bytes, wrapper: undefined };
    }
    if (command.name !== undefined) this.#named.set(command.name, this.#last);
    return bytes === undefined ? 'skipped' : undefined;
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
      if (command.type === 'assert_return' && !isExpectedValue(bits, expected)) {
        return `result ${index} is ${Buffer.from(bits).toString('hex')}, not ${expected}`;
      }
    }
    return undefined;
  }

  #expectGlobal(subject: Subject, field: string, expected: readonly string[]): string | undefined {
    const { value } = subject.instance.exports[field] as WebAssembly.Global;
    const want = expected[0]?.slice(expected[0].indexOf(':') + 1);
    return String(value) === want ? undefined : `global ${field} is ${value}, not ${want}`;
  }

  #expectTrap(command: SuiteCommand, ...kinds: TrapKind[]): string | undefined {
    const subject = this.#subjectOf(command.on);
    if (subject === undefined) return 'skipped';
    return this.#expectThrow(() => this.#call(subject, command), kinds);
  }

  #expectNoInstance(command: SuiteCommand, kind: TrapKind): string | undefined {
    const bytes = this.#prepare(this.#suite.moduleOf(command));
    if (bytes === undefined) return 'skipped';
    return this.#expectThrow(() => instantiate(bytes, this.#registered), [kind]);
  }

  #expectThrow(action: () => unknown, kinds: readonly TrapKind[]): string | undefined {
    try {
      action();
    } catch (error) {
      this.#outcome.traps.push(String(error));
      return kinds.some((kind) => error instanceof kind) ? undefined : `threw ${error}`;
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
    const { exports } = inspectModule(subject.bytes);
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
