// Runs the cases of a file on the engine at hand, rewritten and as given, and prints what it saw as JSON. Bundled into one file by
// the test, because it runs where TypeScript cannot be loaded: on other versions of Node, emulated ones among them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { prepareModule, type SandboxLimits } from '../../../../../host/src/sandbox/index.ts';
import { exposeState } from '../../../../fuzz/rewrite/expose-state.ts';
import { callsOf, runGuest, type Step } from '../../../../fuzz/rewrite/guest-run.ts';
import type { CaseRecord, DeterminismCase } from './determinism-case.ts';

const WIDE: SandboxLimits = {
  moduleBytes: 2 ** 20,
  memoryBytes: 2 ** 28,
  tableEntries: 100_000,
  functionBytes: 2 ** 20,
  fuelPerCall: 2_000_000_000,
  stackBytes: 262_144,
};
const NARROW: SandboxLimits = { ...WIDE, fuelPerCall: 1_000, stackBytes: 40_000 };

const digest = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('base64').slice(0, 16);

/** The engine's words for traps differ between its versions. */
const seen = ({ name, log, outcome, detail, state, fuel }: Step): unknown => [
  name,
  log,
  outcome,
  outcome === 'returned' ? detail : '',
  state,
  fuel,
];

function record({ wasm, seed, calls: given, showsPlain }: DeterminismCase): CaseRecord {
  const bytes = exposeState(Buffer.from(wasm, 'base64'));
  const prepared = prepareModule(bytes, WIDE);
  const { facts } = prepared;
  const calls = given ?? callsOf(facts, seed);
  const wide = runGuest(prepared, calls);
  const narrow = runGuest(prepareModule(bytes, NARROW), calls);
  return {
    rewritten: digest(prepared.bytes),
    fuel: wide.map(({ fuel }) => fuel),
    outcomes: [...wide, ...narrow].map(({ outcome }) => outcome),
    seen: digest(JSON.stringify([...wide, ...narrow].map(seen))),
    plain: showsPlain ? digest(JSON.stringify(runGuest({ bytes, facts }, calls).map(seen))) : '',
  };
}

/** Frees the memories of the instances before; the engine would wait until there are gigabytes of them. */
const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);

const cases = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as DeterminismCase[];
const records = cases.map((one) => {
  collect();
  return [one.name, record(one)];
});
console.log(JSON.stringify(Object.fromEntries(records)));
