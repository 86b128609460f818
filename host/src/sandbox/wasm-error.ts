import { GatehouseError } from '../errors.ts';

/** WebAssembly features the host knows and does not accept, as named in errors and in `docs/sandbox.md`. */
export type RefusedFeature =
  | 'component-model'
  | 'custom-page-sizes'
  | 'exceptions'
  | 'extended-const'
  | 'function-references'
  | 'gc'
  | 'memory64'
  | 'multi-memory'
  | 'relaxed-simd'
  | 'stack-switching'
  | 'stringref'
  | 'tail-calls'
  | 'threads'
  | 'wide-arithmetic';

/** `WASM_MALFORMED`: the bytes at `offset` are not what the format has there. */
export function malformed(offset: number, expected: string, got: string): GatehouseError {
  return new GatehouseError('WASM_MALFORMED', `At byte ${offset}: expected ${expected}, got ${got}.`, {
    details: { offset, expected, got },
  });
}

/** `WASM_UNSUPPORTED`: the bytes at `offset` are, or would be in another proposal, correct, but need `feature`. */
export function unsupported(feature: RefusedFeature, offset: number): GatehouseError {
  return new GatehouseError('WASM_UNSUPPORTED', `At byte ${offset}: the feature ${feature} is not accepted.`, {
    details: { feature, offset },
  });
}

/** `WASM_LIMIT`: what is at `offset` asks for `got` where at most `max` is granted. */
export function overLimit(limit: string, offset: number, max: number, got: number): GatehouseError {
  return new GatehouseError('WASM_LIMIT', `At byte ${offset}: ${limit} is ${got}, at most ${max} is granted.`, {
    details: { limit, offset, max, got },
  });
}

/** A byte as errors show it. */
export const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
