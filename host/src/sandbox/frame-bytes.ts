import type { ModuleContents } from './module-contents.ts';
import { STRUCTURE_LIMITS } from './structure-limits.ts';
import type { FunctionSurvey } from './survey-function.ts';
import { overLimit } from './wasm-error.ts';

/** Fuel and stack. */
const HIDDEN_PARAMS = 2;
/** What the engine has in every frame besides values. */
const BASE_BYTES = 96;

/**
 * Bytes of stack that one call of a function takes at most, with either compiler of the engine. A value takes a slot: parameters, locals,
 * operands at the same time, and results that the optimising compiler keeps over a call. Each of those needs two instructions, one before
 * the call and one behind it. Throws `WASM_LIMIT` for a function that declares too much; what is kept is bounded by its size in bytes.
 */
export function frameBytesOf(survey: FunctionSurvey, contents: ModuleContents, index: number): number {
  const { localCount, temporaries, operandMax, keepableCount } = survey;
  const slotBytes = contents.features.has('simd') ? 16 : 8;
  const params = contents.functions[index]?.params.length ?? 0;
  const declared = BASE_BYTES + slotBytes * (params + HIDDEN_PARAMS + localCount + temporaries.size + operandMax);
  if (declared > STRUCTURE_LIMITS.frameBytes) {
    const body = contents.bodies[index - contents.imported.functions];
    throw overLimit('frameBytes', body?.start ?? 0, STRUCTURE_LIMITS.frameBytes, declared);
  }
  return declared + slotBytes * Math.ceil(keepableCount / 2);
}
