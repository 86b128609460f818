import type { ValueType } from '../../../../host/src/sandbox/index.ts';

/** Size in bytes of the types that have bits. */
export const VALUE_BYTES: Readonly<Record<string, number>> = {
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
  v128: 16,
};

interface SuiteValue {
  readonly type: ValueType;
  readonly lane: string;
  readonly lanes: readonly string[];
}

function parse(text: string): SuiteValue {
  const colon = text.indexOf(':');
  const type = text.slice(0, colon);
  const value = text.slice(colon + 1);
  if (type.startsWith('v128.')) return { type: 'v128', lane: type.slice(5), lanes: value.split(' ') };
  return { type: type as ValueType, lane: type, lanes: [value] };
}

/** The type of a value of the suite. */
export const typeOfValue = (text: string): ValueType => parse(text).type;

/** The bits of a value of the suite, little-endian. */
export function bitsOfValue(text: string): number[] {
  const { lane, lanes } = parse(text);
  return lanes.flatMap((value) => {
    const bytes = VALUE_BYTES[lane] as number;
    const bits = BigInt.asUintN(bytes * 8, BigInt(value));
    return Array.from({ length: bytes }, (_, index) => Number((bits >> BigInt(index * 8)) & 0xffn));
  });
}

/** Whether the bits are the expected value, which may name a class of NaN instead of bits. */
export function isExpectedValue(bits: Uint8Array, expected: string): boolean {
  const { lane, lanes } = parse(expected);
  const bytes = VALUE_BYTES[lane] as number;
  return lanes.every((value, index) => isExpectedLane(bits.subarray(index * bytes, (index + 1) * bytes), value));
}

function isExpectedLane(lane: Uint8Array, expected: string): boolean {
  let bits = 0n;
  for (let index = lane.length - 1; index >= 0; index--) bits = (bits << 8n) | BigInt(lane[index] as number);
  if (!expected.startsWith('nan:')) return bits === BigInt.asUintN(lane.length * 8, BigInt(expected));
  const quiet = lane.length === 4 ? 0x7fc00000n : 0x7ff8000000000000n;
  const sign = 1n << BigInt(lane.length * 8 - 1);
  const magnitude = bits & ~sign;
  return expected === 'nan:canonical' ? magnitude === quiet : (magnitude & quiet) === quiet;
}
