import { usage, wholeNumber } from '../arguments.ts';

/** What the words of a value mean, named as the module modbus-translate has it. */
export interface ValueFormat {
  readonly type: ValueType;
  readonly order: WordOrder;
  readonly scale: number;
  readonly offset: number;
  /** Digits behind the point that are shown; undefined for all there are. */
  readonly decimals: number | undefined;
  /** The bit of the word that a bool is; undefined for any. */
  readonly bit: number | undefined;
}

/** Words that values of each type take. */
export const WORDS = { u16: 1, i16: 1, bool: 1, u32: 2, i32: 2, f32: 2, u64: 4, i64: 4, f64: 4 } as const;
export type ValueType = keyof typeof WORDS;

export interface WordOrder {
  readonly lowWordFirst: boolean;
  readonly swapsBytes: boolean;
}

const BIG: WordOrder = { lowWordFirst: false, swapsBytes: false };
const LITTLE: WordOrder = { lowWordFirst: true, swapsBytes: false };
const ORDERS: Readonly<Record<string, WordOrder>> = {
  big: BIG,
  little: LITTLE,
  ABCD: BIG,
  CDAB: LITTLE,
  BADC: { lowWordFirst: false, swapsBytes: true },
  DCBA: { lowWordFirst: true, swapsBytes: true },
};
const DECIMALS_MAX = 9;

export const FORMAT_OPTIONS = {
  type: { type: 'string' },
  'word-order': { type: 'string' },
  scale: { type: 'string' },
  offset: { type: 'string' },
  decimals: { type: 'string' },
  bit: { type: 'string' },
} as const;

export type FormatValues = { readonly [Name in keyof typeof FORMAT_OPTIONS]?: string | undefined };

export const FORMAT_HELP = `What registers hold, as the module modbus-translate has it:
  --type TYPE            u16 (default), i16, u32, i32, u64, i64, f32, f64, bool
  --word-order ORDER     big = ABCD (default), little = CDAB, BADC, DCBA
  --scale N, --offset N  value = raw x scale + offset
  --decimals N           digits behind the point
  --bit N                which bit of the word a bool is, 0 the least significant
`;

/** @throws GatehouseError CLI_USAGE */
export function readFormat(values: FormatValues): ValueFormat {
  const type = keyOf(WORDS, values.type ?? 'u16', '--type');
  const order = ORDERS[keyOf(ORDERS, values['word-order'] ?? 'big', '--word-order')]!;
  const scale = numberOf(values.scale ?? '1', '--scale');
  const offset = numberOf(values.offset ?? '0', '--offset');
  if (scale === 0) throw usage('--scale is a number other than 0');
  const isBool = type === 'bool';
  if (values.bit !== undefined && !isBool) throw usage('--bit goes with --type bool');
  const scaling = (['scale', 'offset', 'decimals'] as const).find((name) => values[name] !== undefined);
  if (isBool && scaling !== undefined) throw usage(`a bool has no --${scaling}`);
  return {
    ...{ type, order, scale, offset },
    bit: values.bit === undefined ? undefined : wholeNumber(values.bit, '--bit', 0, 15),
    decimals:
      values.decimals === undefined
        ? inferDecimals(type, scale, offset)
        : wholeNumber(values.decimals, '--decimals', 0, DECIMALS_MAX),
  };
}

export function numberOf(text: string, what: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw usage(`${what} is a number, not "${text}"`);
}

/** Whole raw values keep the digits that scale and offset have: 3 times 0.1 is then 0.3 and not 0.30000000000000004. */
function inferDecimals(type: ValueType, scale: number, offset: number): number | undefined {
  if (type === 'f32' || type === 'f64') return undefined;
  for (let digits = 0; digits <= DECIMALS_MAX; digits++)
    if ([scale, offset].every((number) => isAlmostWhole(number * 10 ** digits))) return digits;
  return undefined;
}

const isAlmostWhole = (value: number): boolean => Math.abs(value - Math.round(value)) <= Math.abs(value) * 1e-12;

function keyOf<T extends object>(table: T, key: string, option: string): keyof T {
  if (Object.hasOwn(table, key)) return key as keyof T;
  throw usage(`${option} is one of ${Object.keys(table).join(', ')}, not "${key}"`);
}
