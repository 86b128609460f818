import type { ErrorCode } from '../../../host/src/errors.ts';
import type { JsonObject, JsonValue } from '../../../host/src/json/index.ts';

/** A hostile module, what it tries, and what becomes of it: data, so that tests and benches run the same. */
export interface Attack {
  /** Id of the module in its deployment; no other attack has it. */
  readonly name: string;
  /** What it tries, in one sentence. */
  readonly tries: string;
  /** In text form; or the bytes, of what text cannot say. */
  readonly module: string | (() => Uint8Array);
  /** Description that is added to the module: an object is completed with a name and a version. */
  readonly description?: JsonObject | string | Uint8Array;
  /** Settings of the module in the deployment: grants, limits, inputs. */
  readonly settings?: JsonObject;
  /** Desired properties as JSON text, which goes into the deployment as it is. */
  readonly desired?: string;
  /** Routes by name, beside those of the neighbours. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Payload of the method `attack` that sets it off. */
  readonly payload?: JsonValue;
  readonly expected: Refused | FailsToStart | Runs;
}

/** Nothing of the module runs: `loadDeployment` reports a problem that keeps it from starting. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  /** Setting of the module at which it is reported, or the path from the top of the file if it concerns all of it. */
  readonly at: string;
  /** Words of the message. */
  readonly says: string;
}

/** No instance of the module gets as far as its first event committed. */
export interface FailsToStart {
  readonly kind: 'fails-to-start';
  readonly code: ErrorCode;
  /** Words of the reason. */
  readonly says?: string;
  /** Whether it is tried again by its schedule. */
  readonly isRetried: boolean;
}

/** The module runs, and is told to attack. */
export interface Runs {
  readonly kind: 'runs';
  /** Status with which `attack` is answered: 200 when its code came to its end, 500 when it trapped or was refused. */
  readonly answer: number;
  /** The payload of the answer, if it matters. */
  readonly answers?: JsonValue;
  /** Failures of its instances, one after the other; each is followed by a new instance. */
  readonly failures?: readonly { readonly code: ErrorCode; readonly says?: string }[];
  /** Counters of the module; all others but `IGNORED_COUNTERS` are 0. */
  readonly counters?: Readonly<Record<string, number>>;
  /** Codes of what an operator is told of the module beside its failures. */
  readonly reports?: readonly ErrorCode[];
  /** Its memory afterwards. */
  readonly memoryBytes?: number;
  readonly stateBytes?: number;
  readonly reported?: JsonObject;
  /** Lines of the log by the module itself. */
  readonly logLines?: number;
  /** How often its routes matched, by name. */
  readonly matched?: Readonly<Record<string, number>>;
}

/** Counters of work and not of faults. */
export const IGNORED_COUNTERS: readonly string[] = ['events', 'emitted', 'hostCalls'];
