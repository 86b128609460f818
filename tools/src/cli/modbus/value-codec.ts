import { usage } from '../arguments.ts';
import { numberOf, type ValueFormat, type ValueType, WORDS, type WordOrder } from './value-format.ts';

const BITS: Partial<Record<ValueType, { readonly size: 16 | 32 | 64; readonly signed: boolean }>> = {
  u16: { size: 16, signed: false },
  i16: { size: 16, signed: true },
  u32: { size: 32, signed: false },
  i32: { size: 32, signed: true },
  u64: { size: 64, signed: false },
  i64: { size: 64, signed: true },
};

/** The number in the words of one value, first register first. NaN and infinities come out as they are. */
export function decodeValue(words: readonly number[], format: ValueFormat): number {
  const { type, bit, scale, offset, decimals } = format;
  if (type === 'bool') {
    const word = inOrder(words, format.order)[0]!;
    return bit === undefined ? Number(word !== 0) : (word >> bit) & 1;
  }
  const value = rawValue(words, format) * scale + offset;
  if (decimals === undefined || !Number.isFinite(value)) return value;
  const power = 10 ** decimals;
  return Math.abs(value * power) < Number.MAX_SAFE_INTEGER ? Math.round(value * power) / power : value;
}

/**
 * The words of a value, first register first: the inverse of `decodeValue`. Nothing is rounded but to the precision of a
 * floating-point type, and nothing cut off.
 * @throws GatehouseError CLI_USAGE for a text that is no such value
 */
export function encodeValue(text: string, format: ValueFormat): number[] {
  const { type, scale, offset } = format;
  if (type === 'bool')
    throw usage('a bool is one bit of a register, which cannot be written by itself; write the register');
  const isScaled = scale !== 1 || offset !== 0;
  const view = new DataView(new ArrayBuffer(2 * WORDS[type]));
  const range = BITS[type];
  if (range === undefined) {
    const value = (numberOf(text, 'a value') - offset) / scale;
    if (type === 'f64') view.setFloat64(0, value);
    else if (Number.isFinite(Math.fround(value))) view.setFloat32(0, value);
    else throw usage(`${text} is too large for f32`);
  } else {
    const raw = isScaled ? wholeRaw(text, format) : wholeText(text);
    const wrapped = range.signed ? BigInt.asIntN(range.size, raw) : BigInt.asUintN(range.size, raw);
    if (wrapped !== raw)
      throw usage(`${text} does not fit ${type}${isScaled ? `: its raw value would be ${raw}` : ''}`);
    const bits = BigInt.asUintN(64, wrapped);
    for (let at = 0; at < WORDS[type]; at++)
      view.setUint16(2 * at, Number((bits >> BigInt(range.size - 16 * (at + 1))) & 0xffffn));
  }
  const words = Array.from({ length: WORDS[type] }, (_, index) => view.getUint16(2 * index));
  return inOrder(words, format.order);
}

/** A value as it is shown. */
export const valueText = (value: number, { decimals }: ValueFormat): string =>
  decimals !== undefined && Number.isFinite(value) ? value.toFixed(decimals) : String(value);

function rawValue(words: readonly number[], { type, order }: ValueFormat): number {
  const view = new DataView(new ArrayBuffer(8));
  inOrder(words, order).forEach((word, index) => {
    view.setUint16(2 * index, word);
  });
  if (type === 'f32') return shortest(view.getFloat32(0));
  if (type === 'f64') return view.getFloat64(0);
  const { size, signed } = BITS[type]!;
  const bits = view.getBigUint64(0) >> BigInt(64 - size);
  return Number(signed ? BigInt.asIntN(size, bits) : bits);
}

/** The shortest number that is the same in single precision: 26.3 instead of 26.299999237060547. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/** Most significant word and byte first; the way there and back is the same. */
function inOrder(words: readonly number[], { lowWordFirst, swapsBytes }: WordOrder): number[] {
  const swapped = swapsBytes ? words.map((word) => ((word & 0xff) << 8) | (word >> 8)) : [...words];
  return lowWordFirst ? swapped.reverse() : swapped;
}

function wholeText(text: string): bigint {
  if (/^-?(?:\d+|0x[0-9a-f]+)$/i.test(text)) return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
  throw usage(`expected a whole number, got "${text}"; --type f32 and --scale take fractions`);
}

function wholeRaw(text: string, { scale, offset }: ValueFormat): bigint {
  const raw = (numberOf(text, 'a value') - offset) / scale;
  const whole = Math.round(raw);
  if (Math.abs(raw - whole) <= 1e-9 * Math.max(1, Math.abs(raw))) return BigInt(whole);
  throw usage(`${text} is between two raw values, ${Math.floor(raw)} and ${Math.ceil(raw)}: its scale is ${scale}`);
}
