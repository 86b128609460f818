import { frameBytesOf } from './frame-bytes.ts';
import { COSTS } from './instruction-costs.ts';
import type { ModuleContents } from './module-contents.ts';
import { STRUCTURE_LIMITS } from './structure-limits.ts';
import { type FunctionSurvey, surveyFunction } from './survey-function.ts';
import { overLimit } from './wasm-error.ts';

/**
 * How a function takes part in metering.
 * - `plain`: as it was. Its work is small and the same each time at most, so that its caller pays for it.
 * - `metered`: takes the fuel that is left as one more parameter and returns it as one more result.
 * - `full`: takes the bytes of stack that are left too, behind the fuel. All functions that tables may hold are of this form.
 */
export type FunctionForm = 'plain' | 'metered' | 'full';

export interface FunctionPlan {
  readonly form: FunctionForm;
  /** What a caller pays in advance, in units of fuel. */
  readonly price: number;
  /** Whether its depth is not known, so that it must count the stack. */
  readonly countsStack: boolean;
  /** Bytes of stack that one call of it takes. */
  readonly frameBytes: number;
  /** Absent for imported functions. */
  readonly survey?: FunctionSurvey;
}

/** Most that a caller pays for a plain function. */
const PLAIN_PRICE_MAX = 48;
/** Functions that need at most so much stack with all that they call do not count it; it is kept free for them. */
const UNCOUNTED_STACK_BYTES = 32_768;

/** Surveys every function and decides its form; in the order of the module, imported ones first. Linear in calls and code. */
export function planFunctions(
  bytes: Uint8Array,
  contents: ModuleContents,
  visibleGlobals: ReadonlyMap<number, 'f32' | 'f64'>,
): FunctionPlan[] {
  const imported = contents.imported.functions;
  const surveys = contents.bodies.map((_, index) => surveyFunction(bytes, contents, imported + index, visibleGlobals));
  checkCompileWork(surveys, contents);
  const frames = surveys.map((survey, index) => frameBytesOf(survey, contents, imported + index));
  const bounds = stackBounds(surveys, frames, imported);
  const plans: FunctionPlan[] = contents.functions.slice(0, imported).map((_, index) => ({
    form: contents.referenced.has(index) ? 'full' : 'metered',
    price: COSTS.entry,
    countsStack: false,
    frameBytes: 0,
  }));
  const prices = plainPrices(surveys, imported);
  for (const [index, survey] of surveys.entries()) {
    const countsStack = (bounds[index] as number) > UNCOUNTED_STACK_BYTES;
    const price = prices[index];
    const isFull = countsStack || contents.referenced.has(imported + index);
    plans.push({
      form: price !== undefined ? 'plain' : isFull ? 'full' : 'metered',
      price: price ?? COSTS.entry,
      countsStack,
      frameBytes: frames[index] as number,
      survey,
    });
  }
  return plans;
}

/** Refuses what the engine would take too long, or too much memory, to compile. */
function checkCompileWork(surveys: readonly FunctionSurvey[], { bodies }: ModuleContents): void {
  let sum = 0;
  const check = (limit: 'functionCompileWork' | 'compileWork', index: number, work: number): void => {
    const max = STRUCTURE_LIMITS[limit];
    if (work > max) throw overLimit(limit, bodies[index]?.start ?? 0, max, work);
  };
  for (const [index, { compileWork }] of surveys.entries()) {
    sum += compileWork;
    check('functionCompileWork', index, compileWork);
    check('compileWork', index, sum);
  }
}

/** Defined functions whose callees come before them; those in or above a cycle of calls are left out. */
function* calleesFirst(surveys: readonly FunctionSurvey[], imported: number): Generator<number> {
  const waitsFor = surveys.map(({ callees }) => callees.filter((callee) => callee >= imported).length);
  const callers: number[][] = surveys.map(() => []);
  for (const [index, { callees }] of surveys.entries())
    for (const callee of callees) if (callee >= imported) callers[callee - imported]?.push(index);
  const ready = surveys.flatMap((_, index) => (waitsFor[index] === 0 ? [index] : []));
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    yield index;
    for (const caller of callers[index] as number[]) {
      waitsFor[caller] = (waitsFor[caller] as number) - 1;
      if (waitsFor[caller] === 0) ready.push(caller);
    }
  }
}

/** Bytes of stack that each defined function needs with all that it calls; infinity where that has no bound or is not known. */
function stackBounds(surveys: readonly FunctionSurvey[], frames: readonly number[], imported: number): number[] {
  const bounds = surveys.map(() => Number.POSITIVE_INFINITY);
  for (const index of calleesFirst(surveys, imported)) {
    const { callees, indirectTypes } = surveys[index] as FunctionSurvey;
    if (indirectTypes.size > 0) continue;
    let deepest = 0;
    for (const callee of callees)
      if (callee >= imported) deepest = Math.max(deepest, bounds[callee - imported] as number);
    bounds[index] = (frames[index] as number) + deepest;
  }
  return bounds;
}

/** What each plain function costs with all that it calls; undefined for functions that are not plain. */
function plainPrices(surveys: readonly FunctionSurvey[], imported: number): (number | undefined)[] {
  const prices: (number | undefined)[] = surveys.map(() => undefined);
  for (const index of calleesFirst(surveys, imported)) {
    const { callees, indirectTypes, hasLoop, hasBulk, price } = surveys[index] as FunctionSurvey;
    if (hasLoop || hasBulk || indirectTypes.size > 0 || price > PLAIN_PRICE_MAX) continue;
    let sum: number | undefined = price;
    for (const callee of callees) {
      const inner: number | undefined = callee < imported ? undefined : prices[callee - imported];
      sum = sum === undefined || inner === undefined ? undefined : sum + inner;
    }
    if (sum !== undefined && sum <= PLAIN_PRICE_MAX) prices[index] = sum;
  }
  return prices;
}
