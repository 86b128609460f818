import { GatehouseError } from '../../../host/src/errors.ts';
import { type PreparedModule, prepareModule, type SandboxLimits } from '../../../host/src/sandbox/index.ts';
import type { WrappedCall } from '../../unit/host/sandbox/call-wrapper.ts';
import { canonicalReference } from './canonical-reference.ts';
import { compareRuns } from './difference.ts';
import { exposeState } from './expose-state.ts';
import { callsOf, runGuest, type Step } from './guest-run.ts';

/** So wide that only what never ends is stopped. */
export const WIDE: SandboxLimits = {
  moduleBytes: 2 ** 20,
  memoryBytes: 2 ** 32,
  tableEntries: 10_000_000,
  functionBytes: 2 ** 20,
  fuelPerCall: 2_000_000_000,
  stackBytes: 2 ** 20,
};
/** Deep enough for any one function, and not for many calls within each other. */
const SHALLOW_BYTES = 40_000;

/** What was seen of one module. */
export interface Examination {
  /** Why it was not run: it needs a feature that is not accepted. */
  readonly refused?: string;
  /** Whether a run was cut short by the meter or the engine's stack, so that not all could be compared. */
  readonly isCut: boolean;
  readonly steps: readonly Step[];
}

/**
 * Runs a module plain and rewritten and compares all that can be seen; then with budgets around what its dearest call used. Throws
 * an error that says what differed.
 */
export function examineModule(given: Uint8Array, seed: number): Examination {
  let bytes: Uint8Array;
  let prepared: PreparedModule;
  try {
    bytes = exposeState(given);
    prepared = prepareModule(bytes, WIDE);
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code !== 'WASM_UNSUPPORTED') throw error;
    return { refused: String(error.details['feature']), isCut: false, steps: [] };
  }
  const calls = callsOf(prepared.facts, seed);
  const plain = runGuest({ bytes: canonicalReference(bytes), facts: prepared.facts }, calls);
  const steps = runGuest(prepared, calls);
  const { difference, isCut } = compareRuns(plain, steps);
  if (difference !== undefined) throw new Error(difference);
  if (steps.length > 0) examineBudgets(bytes, calls, steps);
  return { isCut, steps };
}

/** Most that a function may cost that takes no fuel itself. */
const UNMETERED_MAX = 64;

/** A budget of exactly what the dearest call used is enough for it, and one unit less is not; nothing else changes. */
function examineBudgets(bytes: Uint8Array, calls: readonly WrappedCall[], steps: readonly Step[]): void {
  const dearest = steps.reduce((best, step) => (step.outcome === 'returned' && step.fuel > best.fuel ? step : best));
  const run = (limits: Partial<SandboxLimits>): Step[] => runGuest(prepareModule(bytes, { ...WIDE, ...limits }), calls);
  const expect = (what: string, limited: readonly Step[]): void => {
    const { difference } = compareRuns(steps, limited);
    if (difference !== undefined) throw new Error(`${what}: ${difference}`);
  };
  expect(`stack of ${SHALLOW_BYTES} bytes`, run({ stackBytes: SHALLOW_BYTES }));
  if (dearest.fuel <= UNMETERED_MAX) return;
  const enough = dearest.fuel;
  const exact = run({ fuelPerCall: enough });
  expect(`budget of ${enough}`, exact);
  const tight = run({ fuelPerCall: enough - 1 });
  expect(`budget of ${enough - 1}`, tight);
  const at = steps.indexOf(dearest);
  // A call before it that trapped may have used more; with it all that follows was made on another instance.
  if (exact.slice(0, at).some(({ outcome }) => outcome === 'out-of-fuel')) return;
  const [full, lacking] = [exact[at]?.outcome, tight[at]?.outcome];
  if (full === 'returned' && lacking === 'out-of-fuel') return;
  throw new Error(`step ${at} used ${dearest.fuel} units; with as much it ${full}, with one unit less it ${lacking}`);
}
