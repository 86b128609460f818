import type { WrappedCall } from '../call-wrapper.ts';

/** A module to run on every engine. */
export interface DeterminismCase {
  readonly name: string;
  /** In base64. */
  readonly wasm: string;
  /** What to call; without, two calls of every function, whose arguments come from the seed. */
  readonly calls?: readonly WrappedCall[];
  readonly seed: number;
  /** Whether it is run as it was given, too. */
  readonly showsPlain?: boolean;
}

/** What a program that runs on one engine found of a case. */
export interface CaseRecord {
  /** Digest of the rewritten module: rewriting must be the same everywhere too. */
  readonly rewritten: string;
  /** Units of fuel of the calls that returned, with a wide budget. */
  readonly fuel: readonly number[];
  /** Outcome of every call with a wide and with a narrow budget. */
  readonly outcomes: readonly string[];
  /** Digest of all that could be seen: calls of imports, bits of results, memory, globals, tables, with both budgets. */
  readonly seen: string;
  /** The same of the module as it was given, if that was asked for. */
  readonly plain: string;
}

export type EngineRecord = Readonly<Record<string, CaseRecord>>;
