import type { ExportFact } from '../../../../host/src/sandbox/index.ts';
import { END, functionType, leb, moduleOf, nameOf, section, signedLeb, TYPE_BYTES, vec } from './build-wasm.ts';
import { bitsOfValue, typeOfValue, VALUE_BYTES } from './suite-values.ts';

/** A call of an exported function with constant arguments. */
export interface WrappedCall {
  readonly field: string;
  readonly args: readonly string[];
}

const TYPES: Readonly<Record<string, number>> = TYPE_BYTES;
const CONSTANTS: Readonly<Record<string, readonly number[]>> = { f32: [0x43], f64: [0x44], v128: [0xfd, 0x0c] };
const STORES: Readonly<Record<string, readonly number[]>> = {
  i32: [0x36],
  i64: [0x37],
  f32: [0x38],
  f64: [0x39],
  v128: [0xfd, 0x0b],
};

/** Distance in bytes between the places where the results of a call are stored. */
export const RESULT_STRIDE = 16;

/**
 * A module that makes calls on behalf of JavaScript, which has no v128 and changes the bits of a NaN. Its function `N` makes call
 * N with constants and stores the result bits in its memory `out`, one every `RESULT_STRIDE` bytes.
 */
export function buildCallWrapper(exports: readonly ExportFact[], calls: readonly WrappedCall[]): Uint8Array {
  const fields = [...new Set(calls.map((call) => call.field))];
  const types = fields.map((field) => {
    const fact = exports.find((candidate) => candidate.name === field);
    if (fact?.kind !== 'function') throw new Error(`no function ${field}`);
    return fact.type;
  });
  const codes = (of: readonly string[]): number[] => of.map((type) => TYPES[type] as number);
  return moduleOf(
    section(
      1,
      vec(functionType([], []), ...types.map(({ params, results }) => functionType(codes(params), codes(results)))),
    ),
    section(2, vec(...fields.map((field, index) => [...nameOf('m'), ...nameOf(field), 0, ...leb(index + 1)]))),
    section(3, vec(...calls.map(() => [0]))),
    section(5, vec([0, 1])),
    section(
      7,
      vec(
        [...nameOf('out'), 2, 0],
        ...calls.map((_, index) => [...nameOf(String(index)), 0, ...leb(fields.length + index)]),
      ),
    ),
    section(
      10,
      vec(
        ...calls.map((call) => {
          const at = fields.indexOf(call.field);
          return callBody(at, call.args, types[at]?.results ?? []);
        }),
      ),
    ),
  );
}

/** Pushes the constants, calls, and stores the results from the last to the first, each through a local. */
function callBody(index: number, args: readonly string[], results: readonly string[]): number[] {
  const locals = results.map((type) => [1, TYPES[type] as number]);
  const stores = results.map((type, at) => {
    const store = STORES[type];
    return store === undefined
      ? []
      : [0x41, ...signedLeb(BigInt(at * RESULT_STRIDE)), 0x20, ...leb(at), ...store, 0, 0];
  });
  const code = [
    ...vec(...locals),
    ...args.flatMap(constant),
    0x10,
    ...leb(index),
    ...results.flatMap((_, at) => [0x21, ...leb(results.length - 1 - at)]),
    ...stores.flat(),
    END,
  ];
  return [...leb(code.length), ...code];
}

function constant(value: string): number[] {
  const type = typeOfValue(value);
  if (value.endsWith(':null')) return [0xd0, TYPES[type] as number];
  const bits = bitsOfValue(value);
  if (type !== 'i32' && type !== 'i64') return [...(CONSTANTS[type] ?? []), ...bits];
  const text = value.slice(value.indexOf(':') + 1);
  const bytes = VALUE_BYTES[type] as number;
  return [type === 'i32' ? 0x41 : 0x42, ...signedLeb(BigInt.asIntN(bytes * 8, BigInt(text)))];
}
