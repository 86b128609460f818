import { VALUE_BYTES } from './suite-values.ts';

/**
 * How a result differs from the expected one only because the rewriter makes NaNs canonical: the payload of a NaN (`number`), bits
 * that were a NaN's when they were stored or reinterpreted (`bits`), or a sign that came from a NaN (`sign`).
 */
export type NanDifference = 'number' | 'bits' | 'sign';

/** Undefined where the difference is another; the result is known not to be the expected one. */
export function nanDifference(
  result: Uint8Array,
  expected: string,
  call: { readonly field: string; readonly args: readonly string[] },
): NanDifference | undefined {
  const [lane = '', values = ''] = expected.replace('v128.', '').split(':');
  const lanes = values.split(' ');
  const bits = VALUE_BYTES[lane] as number;
  const got = lanes.map((_, index) => bitsOf(result.subarray(index * bits, (index + 1) * bits)));
  if (
    lanes.every((text, index) => isCanonicalised(BigInt.asUintN(8 * bits, BigInt(text)), got[index] as bigint, bits))
  ) {
    return lane.startsWith('f') ? 'number' : 'bits';
  }
  const sign = 1n << BigInt(8 * bits - 1);
  const isSigned = lanes.length === 1 && (BigInt(values) ^ (got[0] as bigint)) === sign;
  const sawNan = call.args.some((arg) => isNan(BigInt(arg.slice(arg.indexOf(':') + 1)), bits));
  return isSigned && sawNan && call.field.includes('copysign') ? 'sign' : undefined;
}

const bitsOf = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const infinityOf = (bytes: number): bigint => (bytes === 4 ? 0x7f80_0000n : 0x7ff0_0000_0000_0000n);

function isNan(bits: bigint, bytes: number): boolean {
  const magnitude = bits & ((1n << BigInt(8 * bytes - 1)) - 1n);
  return (bytes === 4 || bytes === 8) && magnitude > infinityOf(bytes);
}

function isCanonicalised(expected: bigint, got: bigint, bytes: number): boolean {
  if (expected === got) return true;
  const canonical = bytes === 4 ? 0x7fc0_0000n : 0x7ff8_0000_0000_0000n;
  return isNan(expected, bytes) && got === canonical;
}
